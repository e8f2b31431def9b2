import assert from "node:assert/strict";
import { AS_SET } from "../../lib/policy/cooldown_length.ts";
import type { AttemptRecord } from "../../lib/record/entry.ts";
import { ReplyNotes } from "../../lib/record/reply_notes.ts";
import { Entry } from "../../lib/record/entry.ts";
import { decisionWords, lateWords } from "../../lib/record/decision_words.ts";
import { easedWords, outcomeWords, summaryOf } from "../../lib/record/entry_words.ts";
import { UNKNOWN_STEP } from "../../lib/record/next_step.ts";
import { plain } from "../../lib/record/plain_text.ts";
import { BodyCapture } from "../../lib/record/body_capture.ts";
import { openai } from "../../lib/dialect/openai.ts";
import type { Scope } from "../../lib/policy/judge.ts";
import type { HealthChange } from "../../lib/state/health.ts";
import { faultOf, replyOf } from "../policy/replies.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";

const SNAPSHOT = snapshotOf([aliasOf("claude opus", [])]);
const ROUTE = routeOf(backendOf("provider-b"), { model: "claude-x" });

/** An entry 12.4 ms after its arrival. */
function openEntry(): Entry {
  const arrival = {
    id: "0123abcd",
    receivedAt: new Date(0),
    caller: "127.0.0.1:1",
    callerName: "",
  };
  const watcher = { onAttempt() {}, onEnd() {} };
  const whole = { ...arrival, method: "POST", target: "/x", headers: [], snapshot: SNAPSHOT };
  return new Entry(whole, () => 12.4, watcher);
}

function identify(entry: Entry): void {
  const asks = { operation: undefined, streamed: false, upgrade: false };
  const rest = { places: [], dialect: openai, ...asks };
  const alias = SNAPSHOT.aliases.get("claude opus")!;
  const fields = { kind: "none" } as const;
  const read = { fields, members: new Map() };
  const request = { kind: "received", method: "POST", target: "/x", path: "/x", ...read } as const;
  const body = new Uint8Array();
  const content = { body, coded: undefined, rest: undefined, models: [] };
  entry.identified({ ...request, headers: [], ...content }, {
    kind: "call",
    alias,
    ...rest,
  });
}

function attemptOn(entry: Entry) {
  const outcome = replyOf(200, { text: "abc" });
  const request = { method: "POST", origin: "http://b", target: "/x", headers: [] };
  const ticket = {
    route: ROUTE,
    kind: "regular",
    key: undefined,
    callerKey: () => undefined,
    startedAtMs: 0,
  } as const;
  entry.attempted(ticket, {
    startedMs: 0,
    notes: entry.beginning(ticket),
    request: { ...request, body: new Uint8Array(), refusal: undefined, rest: undefined },
    outcome,
    verdict: { row: 0, reason: "", action: "relay", answer: { kind: "reply", reply: outcome } },
    change: { kind: "none" },
  });
  return outcome;
}

Deno.test("summaryOf() tells alias, route, status, time, size and ending", () => {
  const entry = openEntry();
  identify(entry);
  entry.relaying(attemptOn(entry)).add(new Uint8Array(345));
  assert.equal(
    summaryOf(entry),
    '"claude opus" -> provider-b (claude-x) 200, 12 ms, 345 bytes, open',
  );
  entry.ended({ kind: "caller_left", bytes: 345, detail: "" });
  assert.match(summaryOf(entry), /345 bytes, caller left$/);
});

Deno.test("summaryOf() counts attempts where there were several", () => {
  const entry = openEntry();
  identify(entry);
  attemptOn(entry);
  entry.relaying(attemptOn(entry));
  assert.match(summaryOf(entry), / 200, 2 attempts, 12 ms, /);
});

Deno.test("summaryOf() tells an answer of our own by its code", () => {
  const entry = openEntry();
  const body = new TextEncoder().encode("{}");
  const problem = { status: 400, code: "unknown_model", message: "" };
  entry.answering(problem, { status: 400, headers: [], body });
  assert.equal(summaryOf(entry), "400 unknown_model, 12 ms, 2 bytes, complete");
});

Deno.test("summaryOf() records a caller who left without a response as 499", () => {
  const entry = openEntry();
  identify(entry);
  entry.ended({ kind: "caller_left", bytes: 0, detail: "" });
  assert.equal(summaryOf(entry), '"claude opus" -> 499 no response, 12 ms, caller left');
});

Deno.test("summaryOf() tells a request that ended otherwise without a response", () => {
  const entry = openEntry();
  entry.ended({ kind: "cut", bytes: 0, detail: "the proxy was stopped" });
  assert.equal(summaryOf(entry), "no response, 12 ms, cut");
});

Deno.test("outcomeWords() tells a reply by its status, a fault by code and detail", () => {
  assert.equal(outcomeWords(replyOf(429)), "status 429");
  const fault = faultOf("connect_failed", "ECONNREFUSED");
  assert.equal(outcomeWords(fault), "connect_failed (ECONNREFUSED)");
});

const FELL_BACK = {
  row: 12,
  action: "fallback",
  ifLast: "as_it_came",
  movesOn: true,
} as const;

function cooledFor(forMs: number, scope: Scope): HealthChange {
  const cooldown = {
    startedAtMs: 0,
    untilMs: forMs,
    lengthMs: forMs,
    triedAtMs: 0,
    why: AS_SET,
    isLasting: false,
    doublings: 0,
    row: 12,
    reason: "",
  };
  return { kind: "cooled", scope, forMs, subject: "", cooldown };
}

function decided(change: HealthChange): string {
  const record: AttemptRecord = {
    backend: "b",
    model: "m",
    key: "",
    kind: "regular",
    next: UNKNOWN_STEP,
    url: "http://b/x",
    startedMs: 0,
    judgedMs: 1,
    outcome: replyOf(503),
    verdict: { ...FELL_BACK, reason: "", cool: "route" },
    change,
    notes: new ReplyNotes(() => 1),
    errorBody: new BodyCapture(0),
  };
  return decisionWords(record);
}

Deno.test("decisionWords() tells what was done and what it changed", () => {
  assert.equal(decided({ kind: "none" }), "failed");
  assert.equal(decided({ kind: "recovered" }), "failed; the route is back in use");
  const cooled = decided(cooledFor(7400, "backend"));
  assert.equal(cooled, "failed; the backend cools for 7.4 s, set by cooldown_seconds");
});

Deno.test("lateWords() tells what befell a reply after its commit, and what that changed", () => {
  const late = { row: 19, reason: "the reply broke off after 9 bytes (silent for 3 s)" };
  assert.equal(
    lateWords({ ...late, change: cooledFor(300_000, "route") }),
    "stream cut: the reply broke off after 9 bytes (silent for 3 s); the route cools for 300 s, set by cooldown_seconds",
  );
  assert.equal(lateWords({ ...late, change: { kind: "none" } }), `stream cut: ${late.reason}`);
});

Deno.test("easedWords() tells how long the cooldowns are now", () => {
  assert.match(
    easedWords(10_000),
    /the request may be to blame and not the backends: the cooldowns that it began are cut to 10 s$/,
  );
});

Deno.test("plain() shows a name as it is, unless it could break a line (F153)", () => {
  assert.equal(plain("claude-opus"), "claude-opus");
  assert.equal(plain("模型"), "模型");
  assert.equal(plain("a b"), '"a b"');
  assert.equal(plain("a\nb\u001b[31m"), '"a\\nb\\u001b[31m"');
  assert.equal(plain(""), '""');
});

Deno.test("plain() shows nothing that reorders or hides a line (F153)", () => {
  for (const sly of ["\u2028", "\u2029", "\u202e", "\u200b", "\u0085", "\ufeff", "\ud800"]) {
    const shown = plain(`a${sly}b`);
    assert.match(shown, /^"a\\u[\da-f]{4}b"$/, JSON.stringify(shown));
  }
});
