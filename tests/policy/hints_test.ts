import assert from "node:assert/strict";
import fc from "fast-check";
import { retryHint } from "../../lib/policy/hints.ts";

const NOW_MS = Date.parse("2026-03-01T12:00:00Z");
const MAX_MS = 3_600_000;

interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function hintMs({ status = 429, headers = {}, body = "" }: Given): number | undefined {
  const errorText = typeof body === "string" ? body : JSON.stringify(body);
  const reply = { status, headers: Object.entries(headers), errorText };
  return retryHint(reply, { nowMs: NOW_MS, maxMs: MAX_MS })?.ms;
}

const retryAfterMs = (value: string) => hintMs({ headers: { "Retry-After": value } });

function geminiError(retryDelay: unknown) {
  return {
    error: {
      code: 429,
      status: "RESOURCE_EXHAUSTED",
      details: [
        { "@type": "type.googleapis.com/google.rpc.QuotaFailure", violations: [] },
        { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
      ],
    },
  };
}

Deno.test("retryHint() reads Retry-After in seconds, on any status", () => {
  assert.equal(retryAfterMs("20"), 20_000);
  assert.equal(retryAfterMs(" 1.5 "), 1500);
  assert.equal(hintMs({ status: 503, headers: { "retry-after": "7" } }), 7000);
});

Deno.test("retryHint() reads Retry-After as a date in each form of RFC 9110", () => {
  assert.equal(retryAfterMs("Sun, 01 Mar 2026 12:00:30 GMT"), 30_000);
  assert.equal(retryAfterMs("Sunday, 01-Mar-26 12:00:30 GMT"), 30_000);
  assert.equal(retryAfterMs("Sun Mar  1 12:00:30 2026"), 30_000);
});

Deno.test("retryHint() waits a second for a date that has passed", () => {
  assert.equal(retryAfterMs("Sun, 06 Nov 1994 08:49:37 GMT"), 1000);
});

Deno.test("retryHint() clamps to a second and to maxMs", () => {
  assert.equal(retryAfterMs("0"), 1000);
  assert.equal(retryAfterMs("0.02"), 1000);
  assert.equal(retryAfterMs("493200"), MAX_MS); // 137 hours were seen
  assert.equal(retryAfterMs("1000000000"), MAX_MS);
  assert.equal(retryAfterMs("9".repeat(400)), MAX_MS);
});

Deno.test("retryHint() lets maxMs win where it is under a second", () => {
  const reply = { status: 429, headers: [["retry-after", "5"]] as const, errorText: "" };
  assert.equal(retryHint(reply, { nowMs: NOW_MS, maxMs: 400 })?.ms, 400);
});

Deno.test("retryHint() ignores a Retry-After that says nothing", () => {
  for (const value of ["", "-5", "-0.1", "NaN", "Infinity", "1e3", "soon", "5 apples", "0x10"]) {
    assert.equal(retryAfterMs(value), undefined, value);
  }
  for (
    const value of ["Sun, 99 Foo 2026 99:99:99 GMT", "2026-13-45T99:00:00Z", "2026-03-01", "."]
  ) {
    assert.equal(retryAfterMs(value), undefined, value);
  }
});

Deno.test("retryHint() prefers retry-after-ms, then Retry-After, then the body, then resets", () => {
  const given = {
    headers: {
      "retry-after-ms": "2500",
      "retry-after": "30",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "50",
    },
    body: geminiError("40s"),
  };
  assert.equal(hintMs(given), 2500);
  given.headers["retry-after-ms"] = "garbage";
  assert.equal(hintMs(given), 30_000);
  given.headers["retry-after"] = "";
  assert.equal(hintMs(given), 40_000);
  given.body = geminiError("later");
  assert.equal(hintMs(given), 50_000);
});

Deno.test("retryHint() takes the first usable of a repeated header", () => {
  const headers = [["Retry-After", "later"], ["Retry-After", "9"], ["Retry-After", "99"]] as const;
  const reply = { status: 429, headers, errorText: "" };
  assert.equal(retryHint(reply, { nowMs: NOW_MS, maxMs: MAX_MS })?.ms, 9000);
});

Deno.test("retryHint() reads Gemini's retryDelay among an error's details", () => {
  assert.equal(hintMs({ body: geminiError("34.4s") }), 34_400);
  assert.equal(hintMs({ body: [geminiError("34.4s")] }), 34_400);
  assert.equal(hintMs({ body: geminiError("20m0.5s") }), 1_200_500);
  assert.equal(hintMs({ body: geminiError("10h17m") }), MAX_MS);
});

Deno.test("retryHint() is not held up by a megabyte of digits", () => {
  const startedAtMs = performance.now();
  assert.equal(hintMs({ body: geminiError("9".repeat(1 << 20) + "!") }), undefined);
  assert(performance.now() - startedAtMs < 1000); // quadratic time would take minutes
});

Deno.test("retryHint() reads resets_in_seconds, as a number or as text", () => {
  const error = { type: "usage_limit_reached", resets_at: 1772370000 };
  assert.equal(hintMs({ body: { error: { ...error, resets_in_seconds: 95 } } }), 95_000);
  assert.equal(hintMs({ body: { error: { ...error, resets_in_seconds: "95" } } }), 95_000);
  assert.equal(hintMs({ body: { error: { ...error, resets_in_seconds: 529498 } } }), MAX_MS);
});

Deno.test("retryHint() ignores a body's hint of another shape", () => {
  for (const delay of [null, -3, true, {}, ["5s"], "-5s", "5 s", "5x", ""]) {
    assert.equal(hintMs({ body: geminiError(delay) }), undefined, JSON.stringify(delay));
    const error = { resets_in_seconds: delay };
    assert.equal(hintMs({ body: { error } }), undefined, JSON.stringify(delay));
  }
  for (const body of ["", "<html>retryDelay: 5s</html>", { error: { details: "5s" } }, null]) {
    assert.equal(hintMs({ body }), undefined, JSON.stringify(body));
  }
});

Deno.test("retryHint() reads a reset header in every unit that vendors use", () => {
  const rows = [
    ["1m30s", 90_000],
    ["6m0s", 360_000],
    ["12.5s", 12_500],
    ["1500ms", 1500],
    ["120ms", 1000],
    ["59", 59_000],
    [`${NOW_MS / 1000 + 45}`, 45_000],
    [`${NOW_MS + 45_500}`, 45_500],
    ["2026-03-01T12:00:20Z", 20_000],
    ["2026-03-01T14:00:20.25+02:00", 20_250],
    ["2d", MAX_MS],
  ] as const;
  for (const [reset, waitMs] of rows) {
    const headers = { "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": reset };
    assert.equal(hintMs({ headers }), waitMs, reset);
  }
});

Deno.test("retryHint() knows the resets of Anthropic, OpenAI and OpenRouter", () => {
  const reset = "2026-03-01T12:00:20Z";
  for (const limit of ["requests", "tokens", "input-tokens", "output-tokens"]) {
    const name = `Anthropic-Ratelimit-${limit}`;
    assert.equal(
      hintMs({ headers: { [`${name}-Remaining`]: "0", [`${name}-Reset`]: reset } }),
      20_000,
    );
  }
  for (const limit of ["", "-requests", "-tokens"]) {
    const remaining = `x-ratelimit-remaining${limit}`;
    assert.equal(
      hintMs({ headers: { [remaining]: "0", [`x-ratelimit-reset${limit}`]: "5s" } }),
      5000,
    );
  }
});

Deno.test("retryHint() heeds only the limits that are used up, and of these the longest", () => {
  const headers = {
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "5s",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "9s",
    "anthropic-ratelimit-tokens-remaining": "12",
    "anthropic-ratelimit-tokens-reset": "2026-03-01T12:30:00Z",
    "anthropic-ratelimit-unified-reset": "1772370000",
  };
  assert.equal(hintMs({ headers }), 9000);
  assert.equal(hintMs({ headers: { ...headers, "x-ratelimit-remaining-tokens": "1" } }), 5000);
});

Deno.test("retryHint() heeds reset headers on a 429 only", () => {
  const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" };
  assert.equal(hintMs({ status: 429, headers }), 30_000);
  assert.equal(hintMs({ status: 503, headers }), undefined);
});

Deno.test("retryHint() ignores a reset that cannot be read", () => {
  for (const reset of ["", "-1", "NaN", "tomorrow", "1m30", "m"]) {
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    assert.equal(hintMs({ headers }), undefined, reset);
  }
});

Deno.test("retryHint() gives nothing or whole milliseconds within bounds, whatever is sent", () => {
  const piece = fc.constantFrom(
    ..."0 1 9 . - + e 1e9 99999999999999999999 ms s m h d ns T Z : GMT Mar Sun, 2026 NaN".split(
      " ",
    ),
    " ",
  );
  const value = fc.oneof(fc.string(), fc.array(piece).map((pieces) => pieces.join("")));
  const names = ["retry-after-ms", "retry-after", "x-ratelimit-reset"] as const;
  fc.assert(fc.property(value, fc.constantFrom(...names), (text, name) => {
    const headers = { [name]: text, "x-ratelimit-remaining": "0" };
    const waitMs = hintMs({ headers, body: geminiError(text) });
    assert(waitMs === undefined || Number.isInteger(waitMs), `${waitMs}`);
    assert(waitMs === undefined || (waitMs >= 1000 && waitMs <= MAX_MS), `${waitMs}`);
  }));
});
