/** Where vendors put how long to wait, as public reports have it. */
import assert from "node:assert/strict";
import { retryHint } from "../../lib/policy/hints.ts";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");
const NOW_S = NOW_MS / 1000;

interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The hint in seconds. */
function hint({ status = 429, headers = {}, body = "" }: Given): number | undefined {
  const errorText = typeof body === "string" ? body : JSON.stringify(body);
  const reply = { status, headers: Object.entries(headers), errorText };
  const ms = retryHint(reply, { nowMs: NOW_MS, maxMs: 7_200_000 })?.ms;
  return ms === undefined ? undefined : ms / 1000;
}

const saying = (message: string) => ({ body: { error: { message } } });

const HINTS: readonly (readonly [what: string, given: Given, seconds: number])[] = [
  ["Retry-After as an epoch", { headers: { "Retry-After": `${NOW_S + 100}` } }, 100],
  [
    "Retry-After as an epoch in milliseconds",
    { headers: { "Retry-After": `${NOW_MS + 1500}` } },
    1.5,
  ],
  ["a Retry-After that was joined", { headers: { "Retry-After": "20, 20" } }, 20],
  ["of joined lines the longer", { headers: { "Retry-After": "20,35" } }, 35],
  ["Retry-After in Go's notation", { headers: { "Retry-After": "1m30s" } }, 90],
  ["Anthropic's subscription", {
    headers: {
      "anthropic-ratelimit-unified-status": "rejected",
      "anthropic-ratelimit-unified-reset": `${NOW_S + 1000}`,
    },
  }, 1000],
  ["its window that is used up", {
    headers: {
      "anthropic-ratelimit-unified-5h-status": "rejected",
      "anthropic-ratelimit-unified-5h-reset": `${NOW_S + 700}`,
      "anthropic-ratelimit-unified-7d-status": "allowed",
      "anthropic-ratelimit-unified-7d-reset": `${NOW_S + 7000}`,
    },
  }, 700],
  ["Codex", { headers: { "x-codex-primary-reset-after-seconds": "900" } }, 900],
  ["of Codex's windows the used one", {
    headers: {
      "x-codex-primary-used-percent": "100",
      "x-codex-primary-reset-after-seconds": "900",
      "x-codex-secondary-used-percent": "41",
      "x-codex-secondary-reset-after-seconds": "7000",
    },
  }, 900],
  ["of two used windows the longer", {
    headers: {
      "x-codex-primary-used-percent": "100",
      "x-codex-primary-reset-after-seconds": "900",
      "x-codex-secondary-used-percent": "100.0",
      "x-codex-secondary-reset-after-seconds": "1900",
    },
  }, 1900],
  ["Codex's instant", { headers: { "x-codex-primary-reset-at": `${NOW_S + 60}` } }, 60],
  ["RateLimit-*", { headers: { "RateLimit-Remaining": "0", "RateLimit-Reset": "45" } }, 45],
  ["RateLimit in one field", { headers: { RateLimit: "limit=10, remaining=0, reset=45" } }, 45],
  ["RateLimit as a structured field", { headers: { RateLimit: '"d";r=7;t=5, "m";r=0;t=46' } }, 46],
  ["X-RateLimit-Reset-After", { headers: { "X-RateLimit-Reset-After": "45" } }, 45],
  ["with its limit", {
    headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "1.5" },
  }, 1.5],
  ["resets_at", { body: { error: { resets_at: NOW_S + 80 } } }, 80],
  ["reset_at as a date", { body: { error: { reset_at: "2026-03-01T12:01:00Z" } } }, 60],
  ["quotaResetDelay", {
    body: { error: { details: [{ metadata: { quotaResetDelay: "1200s" } }] } },
  }, 1200],
  ["quotaResetTimeStamp", {
    body: { error: { details: [{ metadata: { quotaResetTimeStamp: "2026-03-01T12:20:00Z" } }] } },
  }, 1200],
  ["OpenRouter's quoted headers", {
    body: {
      error: {
        metadata: {
          headers: { "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": `${NOW_MS + 30_000}` },
        },
      },
    },
  }, 30],
  ["the same inside a 200", {
    status: 200,
    body: {
      error: {
        metadata: {
          headers: { "X-RateLimit-Remaining": 0, "X-RateLimit-Reset": NOW_MS + 30_000 },
        },
      },
    },
  }, 30],
  ["error.retry_after", { body: { error: { retry_after: 12 } } }, 12],
  ["retryAfter beside the error", { body: { error: { message: "x" }, retryAfter: "12" } }, 12],
  ["retry_after_ms", { body: { retry_after_ms: 1500 } }, 1.5],
  ["retry-after-seconds", { body: { error: { "retry-after-seconds": 9 } } }, 9],
  ["OpenAI's words", saying("Limit 3, Used 3. Please try again in 6m0s. Visit https://x."), 360],
  ["in fractions", saying("Please try again in 1.5s."), 1.5],
  ["in milliseconds", saying("Please try again in 1200ms."), 1.2],
  ["Google's words", saying("Your quota will reset after 27s."), 27],
  ["and its others", saying("Please retry in 34.4s."), 34.4],
  ["in hours and minutes", saying("You can try again in 1 hour and 5 minutes."), 3900],
  ["wait 30 seconds", saying("Too many requests, please wait 30 seconds."), 30],
  ["wait for another", saying("wait for another 2 min"), 120],
  ["of two the last", saying("reset in 5s at the latest; try again in 10s"), 10],
  ["in a bare detail", { body: { detail: "Rate limited. Retry after 8 seconds" } }, 8],
  ["of an overload", { status: 529, ...saying("Overloaded, retry after 3 seconds") }, 3],
];

for (const [what, given, seconds] of HINTS) {
  Deno.test(`cases 8: ${what}`, () => {
    assert.equal(hint(given), seconds);
  });
}

const NONE: readonly (readonly [what: string, given: Given])[] = [
  ["a subscription that is allowed", {
    headers: {
      "anthropic-ratelimit-unified-status": "allowed_warning",
      "anthropic-ratelimit-unified-reset": `${NOW_S + 1000}`,
    },
  }],
  ["Codex's window on a 500", {
    status: 500,
    headers: { "x-codex-primary-reset-after-seconds": "900" },
  }],
  ["Codex's windows that have room", {
    headers: { "x-codex-primary-used-percent": "80", "x-codex-primary-reset-after-seconds": "900" },
  }],
  ["a limit that has room", {
    headers: { "X-RateLimit-Remaining": "3", "X-RateLimit-Reset-After": "45" },
  }],
  ["quoted headers of a limit that has room", {
    body: {
      error: { metadata: { headers: { "X-RateLimit-Remaining": "3", "X-RateLimit-Reset": "9" } } },
    },
  }],
  ["words that a message quotes", saying('The model "x, try again in 50m" is overloaded')],
  ["words of a refusal that may quote the prompt", { status: 400, ...saying("try again in 6m0s") }],
  ["a span without advice", saying("The request took 30 seconds")],
  ["advice without a span", saying("Please try again later")],
  ["a list that is none", { headers: { "Retry-After": "20, soon" } }],
];

for (const [what, given] of NONE) {
  Deno.test(`cases 8: ${what} is no hint`, () => {
    assert.equal(hint(given), undefined);
  });
}

Deno.test("cases 8: of a message the first 2,000 characters are looked at", () => {
  assert.equal(hint(saying(`${"x".repeat(1_900)} try again in 9s`)), 9);
  assert.equal(hint(saying(`${"x".repeat(2_000)} try again in 9s`)), undefined);
});
