/** What of CLIProxyAPI's settings has a counterpart, and why the rest has none. */
import type { Draft } from "./draft.ts";
import type { Entry, Explanation } from "./entry.ts";
import { secondsOf } from "./parts.ts";

/** Logging, cooldowns and how long a conversation stays where it is. */
export function readSettings(root: Entry, draft: Draft): void {
  if (root.flagAt("debug") === true) draft.set({ level: "debug" });
  const cooldown = root.get("transient-error-cooldown-seconds");
  const seconds = cooldown?.number() ?? 0;
  if (root.flagAt("disable-cooling") === true || seconds < 0) draft.set({ cooldownSeconds: 0 });
  else if (seconds > 0 && cooldown !== undefined) {
    const span = secondsOf(cooldown);
    if (span !== undefined) draft.set({ cooldownSeconds: span });
  }
  const routing = root.get("routing");
  const affinity = routing?.get("session-affinity");
  const span = routing?.get("session-affinity-ttl");
  if (affinity?.flag() === true) {
    draft.set({ affinitySeconds: spanSeconds(span?.text() ?? "") ?? 3600 });
  } else {
    span?.use();
    affinity?.note(
      "conversations stay on their backend here unless fallback.affinity_seconds is 0: its prompt cache and its ids are there",
    );
  }
}

/** Go's spans, such as `1h30m`. https://pkg.go.dev/time#ParseDuration */
function spanSeconds(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const isWhole = parts.map(([part]) => part).join("") === text.trim() && parts.length > 0;
  const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
  const sum = parts.reduce(
    (total, [, number, unit = ""]) => total + Number(number) * (units[unit] ?? 0),
    0,
  );
  return isWhole && sum <= 2_147_483 ? sum : undefined;
}

/** Why the rest is not carried over, by where it stands. */
export function explainCliproxyapi(kind: string): Explanation | undefined {
  const why = WHY.find(([pattern]) => pattern.test(kind))?.[1];
  return why === undefined ? undefined : { why, isBookkeeping: false };
}

const WHY: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:auth-dir|oauth-[\w-]+|ws-auth|[\w-]+-header-defaults|auth-auto-refresh-workers|quota-exceeded)$/,
    "accounts that are signed in by OAuth cannot be used here, only keys; add a backend with a key",
  ],
  [
    /^(?:vertex-api-key|interactions-api-key|ampcode|generative-language-api-key)$/,
    "is called in a protocol of its own, and formats are not translated here; leave it out",
  ],
  [/^tls$/, "not read: write tls with cert and key where callers are to use HTTPS"],
  [
    /^(?:remote-management|pprof|plugins)$/,
    "is a matter of that program; the dashboard here is admin, with admin.token",
  ],
  [
    /^(?:request-retry|max-retry-credentials|max-retry-interval)$|\.request-retry$/,
    "each route is tried once, and what failed cools down; fallback.max_retries bounds the attempts of a request (3)",
  ],
  [
    /^(?:payload|claude-code|codex|antigravity|xai|disable-[\w-]+)$|\.(?:cloak|fingerprint-profile|rebuild-mid-system-message|experimental-cch-signing|support-prompt-cache-key)$/,
    "requests and answers pass unchanged, under the client's own headers",
  ],
  [
    /\.request-scoped-errors$/,
    "which errors count is the same for all backends: detection.error_codes and error_patterns",
  ],
  [
    /\.disable-cooling$/,
    "how long a route cools is the same for all backends: fallback.cooldown_seconds",
  ],
  [
    /^openai-compatibility\.models\.|-api-key\.models\./,
    "says what a model can do, which nothing here asks for",
  ],
  [/\.weight$/, "weighs only under weighted-round-robin"],
  [
    /^(?:logging-to-file|logs-\w[\w-]*|error-logs-[\w-]+|usage-[\w-]+|redis-[\w-]+|commercial-mode)$/,
    "logs, history and metrics are kept anyway: see logging, history and admin",
  ],
  [/^(?:streaming|nonstream-keepalive-interval)$/, "nothing is put between the bytes of an answer"],
];
