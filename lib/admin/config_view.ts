/** The configuration in force, in the words of the file, every credential masked. */
import { formatListen } from "../config/listen_address.ts";
import type { Alias, Backend, Snapshot, Timeouts } from "../config/snapshot.ts";
import { maskSecret } from "../record/mask_secret.ts";
import type { AdminContext } from "./context.ts";
import type { Reload } from "./reloads.ts";

export interface ConfigView {
  readonly revision: number;
  readonly reload: Reload;
  readonly warnings: readonly string[];
  /** As JSON: keys and units as in the file, with every default written out. */
  readonly inForce: unknown;
}

export function configView({ current, reloads }: AdminContext): ConfigView {
  const snapshot = current();
  return {
    revision: snapshot.revision,
    reload: reloads.last,
    warnings: snapshot.warnings,
    inForce: inForce(snapshot),
  };
}

function inForce(snapshot: Snapshot) {
  const { listen, tls, callers, backends, aliases, defaultBackend } = snapshot;
  return {
    listen: formatListen(listen),
    tls: tls && { cert: tls.certFile, key: tls.keyFile },
    clients: callers?.map(({ name, key, models }) => ({ name, key: maskSecret(key), models })),
    backends: [...backends.values()].map(backendOf),
    models: Object.fromEntries([...aliases.values()].map((alias) => [alias.name, aliasOf(alias)])),
    default_backend: defaultBackend?.name,
    ...settingsOf(snapshot),
  };
}

function backendOf(backend: Backend) {
  const { name, origin, basePath, auth, keys, dialects, enabled, proxy, roots, headers } = backend;
  return {
    name,
    url: origin + basePath,
    api_key: keys.length === 0 ? undefined : keys.map(maskSecret),
    auth,
    dialect: dialects ?? "auto",
    enabled,
    proxy: proxyOf(proxy),
    ca: roots.length === 0 ? undefined : `${roots.length} certificates`,
    max_concurrent: finite(backend.maxConcurrent),
    headers: {
      set: Object.fromEntries(headers.set.map(([name, value]) => [name, maskSecret(value)])),
      remove: [...headers.remove],
    },
    timeouts: timeoutsOf(backend.timeouts),
  };
}

/** Without the user name and password. */
function proxyOf(proxy: Backend["proxy"]): string | undefined {
  if (proxy === undefined || proxy === "direct") return proxy;
  return `${proxy.kind}://${proxy.user === "" ? "" : "****@"}${proxy.hostname}:${proxy.port}`;
}

function timeoutsOf(timeouts: Timeouts) {
  return {
    connect_seconds: timeouts.connectMs / 1000,
    first_byte_seconds: {
      streamed: timeouts.firstByteStreamedMs / 1000,
      other: timeouts.firstByteMs / 1000,
    },
    first_content_seconds: {
      streamed: timeouts.firstContentStreamedMs / 1000,
      other: timeouts.firstContentMs / 1000,
    },
    idle_seconds: timeouts.idleMs / 1000,
  };
}

function aliasOf({ enabled, balance, routes, fallbackTo }: Alias) {
  return {
    enabled,
    balance,
    routes: routes.map(({ backend, model, priority, weight, enabled }) => {
      return { backend: backend.name, model, priority, weight, enabled };
    }),
    fallback_to: fallbackTo,
  };
}

function settingsOf({ fallback, detection, limits, logging, history, admin }: Snapshot) {
  return {
    fallback: {
      cooldown_seconds: fallback.cooldownMs / 1000,
      max_cooldown_seconds: fallback.maxCooldownMs / 1000,
      max_retries: finite(fallback.maxAttempts),
      when_all_cooling: fallback.whenAllCooling,
      deadline_seconds: fallback.deadlineMs / 1000,
      affinity_seconds: fallback.affinityMs / 1000,
      stored_ids_file: fallback.storedIdsFile,
    },
    detection: {
      error_codes: spansOf([...detection.errorCodes]),
      error_patterns: detection.errorPatterns.map(({ source }) => source),
      stream_gate: detection.streamGate,
      hold_seconds: detection.holdMs / 1000,
      mid_stream_error: detection.midStreamError,
    },
    limits: {
      max_body_mb: limits.maxBodyBytes / 1024 / 1024,
      max_concurrent: finite(limits.maxConcurrent),
      max_held_mb: limits.maxHeldBytes && limits.maxHeldBytes / 1024 / 1024,
      drain_seconds: limits.drainMs / 1000,
    },
    logging: {
      level: logging.level,
      request_dir: logging.requestDir,
      error_dir: logging.errorDir,
      general_file: logging.generalFile,
      redact: logging.redact,
      max_body_kb: logging.maxBodyBytes / 1024,
      format: logging.format,
      retain_days: daysOf(logging.retainMs),
      max_total_mb: finite(logging.maxTotalBytes / 1024 / 1024),
    },
    history: { file: history.file, retain_days: daysOf(history.retainMs) },
    admin: {
      listen: admin.listen === undefined ? "" : formatListen(admin.listen),
      token: admin.token === "" ? "" : maskSecret(admin.token),
      public_url: admin.publicUrl && admin.publicUrl.origin + admin.publicUrl.path,
    },
  };
}

/** 0 is how the file writes no limit. */
function finite(value: number): number {
  return value === Infinity ? 0 : value;
}

function daysOf(ms: number): number {
  return finite(ms / (24 * 60 * 60 * 1000));
}

/** Statuses as spans: `["402", "500-599"]`. */
function spansOf(codes: readonly number[]): string[] {
  const spans: { first: number; last: number }[] = [];
  for (const code of codes.toSorted((a, b) => a - b)) {
    const span = spans.at(-1);
    if (span !== undefined && span.last === code - 1) span.last = code;
    else spans.push({ first: code, last: code });
  }
  return spans.map(({ first, last }) => first === last ? String(first) : `${first}-${last}`);
}
