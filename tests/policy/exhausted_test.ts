import assert from "node:assert/strict";
import fc from "fast-check";
import { discardOthers, type FailedAttempt, lastAnswer } from "../../lib/policy/exhausted.ts";
import type { IfLast } from "../../lib/policy/judge.ts";
import { HeldBody } from "../../lib/wire/held_body.ts";
import { backendOf, routeOf } from "../routing.ts";
import { faultOf, hintOf, replyOf } from "./replies.ts";

const PASSTHROUGH = routeOf(backendOf("own"));
const INJECT = routeOf(backendOf("keyed", { keys: ["k"] }));

/** What an attempt left behind that says nothing here. */
const NO_CHANGE = { finding: { kind: "nothing" }, change: { kind: "none" } } as const;
const LEFT = { row: 12, ...NO_CHANGE, isDrill: false, isLastResort: false };

function failed(
  status: number,
  route = PASSTHROUGH,
  ifLast: IfLast = "as_it_came",
): FailedAttempt {
  return { ...LEFT, route, outcome: replyOf(status), reason: `status ${status}`, ifLast };
}

function unanswered(
  reason: string,
  { ifLast = 502, name = "own" }: { readonly ifLast?: IfLast; readonly name?: string } = {},
): FailedAttempt {
  const route = routeOf(backendOf(name), { model: `${name}-model` });
  return { ...LEFT, route, outcome: faultOf("connection_lost"), reason, ifLast };
}

/** The status of the reply given to the caller; undefined for a problem of ours. */
function given(...attempts: readonly FailedAttempt[]): number | undefined {
  const answer = lastAnswer(attempts, []);
  return answer.kind === "reply" ? answer.reply.status : undefined;
}

function problem(...[failed, passedOver]: Parameters<typeof lastAnswer>) {
  const answer = lastAnswer(failed, passedOver);
  assert.ok(answer.kind === "problem");
  return answer.problem;
}

Deno.test("lastAnswer() prefers 429, then a refused key, then a mistake, then any other answer", () => {
  const inOrder = [failed(429), failed(401, INJECT), failed(404), failed(503), failed(403)];
  inOrder.forEach((best, index) => {
    const rest = inOrder.slice(index).reverse();
    assert.equal(given(...rest), best.outcome.kind === "reply" ? best.outcome.status : 0);
  });
});

/** Attempts of every kind, the most useful first; each of a route of its own. */
const LADDER: readonly FailedAttempt[] = [
  said(400, `{"error":{"code":"context_length_exceeded","message":"m"}}`),
  waiting(429, 1000),
  waiting(429, 20_000),
  waiting(429, undefined),
  failed(401, INJECT),
  failed(403, INJECT),
  failed(400),
  failed(404),
  failed(500),
  failed(503),
  failed(302),
  failed(200),
  failed(401),
  failed(403),
];

function said(status: number, text: string): FailedAttempt {
  return { ...failed(status), outcome: replyOf(status, { text }) };
}

function waiting(status: number, hintMs: number | undefined): FailedAttempt {
  const finding = {
    kind: "failed",
    cool: "route",
    row: 12,
    reason: "",
    hint: hintOf(hintMs),
    isLasting: false,
  } as const;
  return { ...failed(status), finding };
}

Deno.test("lastAnswer() cases 7: gives the most useful, whatever the order of attempts", () => {
  const some = fc.uniqueArray(fc.nat({ max: LADDER.length - 1 }), { minLength: 1 });
  fc.assert(fc.property(some, (chosen) => {
    const answer = lastAnswer(chosen.flatMap((index) => LADDER[index] ?? []), []);
    const best = LADDER[Math.min(...chosen)];
    assert.ok(answer.kind === "reply" && answer.reply === best?.outcome);
  }));
});

Deno.test("lastAnswer() cases 7: any permutation of any attempts gives the same answer", () => {
  const route = fc.constantFrom("a", "b", "c").chain((name) =>
    fc.record({ priority: fc.constantFrom(1, 2), keys: fc.constantFrom(undefined, ["k"]) })
      .map(({ priority, keys }) => routeOf(backendOf(name, { keys }), { priority }))
  );
  const attempt = fc.record({
    route,
    status: fc.constantFrom(200, 302, 400, 401, 403, 404, 429, 500, 503),
    text: fc.constantFrom(
      "",
      `{"error":"x"}`,
      `{"error":{"code":"context_length_exceeded"}}`,
      "<p>",
    ),
    hintMs: fc.constantFrom(undefined, 1000, 20_000),
    ifLast: fc.constantFrom<IfLast>("as_it_came", "as_it_came", 502, 504),
  });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (all, dice) => {
      const attempts = all.map(({ route, status, text, hintMs, ifLast }): FailedAttempt => {
        const outcome = replyOf(status, { text });
        return { ...waiting(status, hintMs), route, outcome, ifLast };
      });
      const shuffled = attempts.map((each) => [each, dice.next().value] as const)
        .sort(([, a], [, b]) => a - b).map(([each]) => each);
      assert.equal(shown(lastAnswer(shuffled, [])), shown(lastAnswer(attempts, [])));
    }),
  );
});

/** What a caller sees of it. */
function shown(answer: ReturnType<typeof lastAnswer>): string {
  if (answer.kind === "problem") return answer.problem.code;
  return `${answer.reply.status} ${answer.reply.errorText}`;
}

Deno.test("lastAnswer() takes the first of equals", () => {
  const [first, second] = [failed(500), failed(503)];
  assert.equal(given(first, second), 500);
});

Deno.test("lastAnswer() never lets an attempt without an answer hide a backend's answer", () => {
  assert.equal(given(unanswered("reset"), failed(403), unanswered("refused")), 403);
});

Deno.test("lastAnswer() gives the reply itself", () => {
  const only = failed(500);
  assert.deepEqual(lastAnswer([only], []), { kind: "reply", reply: only.outcome });
});

Deno.test("lastAnswer() gives no reply that is no answer", () => {
  const html = failed(200, PASSTHROUGH, 502);
  assert.equal(given(html, failed(503)), 503);
  assert.equal(problem([html], []).message, "No backend answered. own (model): status 200.");
});

Deno.test("lastAnswer() takes an error in a 200 for a backend's answer, after a 404", () => {
  const said = failed(200);
  assert.equal(given(unanswered("reset"), said), 200);
  assert.equal(given(said, failed(404)), 404);
});

Deno.test("lastAnswer() is a 502 unless every attempt ran out of time", () => {
  const attempts = [failed(200, PASSTHROUGH, 504), failed(200, PASSTHROUGH, 502)];
  assert.equal(problem(attempts, []).status, 502);
  assert.equal(problem(attempts.slice(0, 1), []).code, "all_backends_timed_out");
});

Deno.test("lastAnswer() names every attempt when none was answered", () => {
  const attempts = [
    unanswered("cannot connect (ECONNREFUSED)", { name: "a" }),
    unanswered("no response head in time (HEAD_TIMEOUT)", { name: "b", ifLast: 504 }),
  ];
  const skipped = [{ backend: "c", model: "m", reason: "cooling", retryAfterMs: 9000 }];
  assert.deepEqual(problem(attempts, skipped), {
    status: 502,
    code: "all_backends_failed",
    message: "No backend answered. a (a-model): cannot connect (ECONNREFUSED); " +
      "b (b-model): no response head in time (HEAD_TIMEOUT); c (m): cooling.",
  });
});

Deno.test("lastAnswer() is a 504 when every attempt ran out of time", () => {
  const late = unanswered("no response head in time", { ifLast: 504 });
  assert.equal(problem([late, late], []).status, 504);
  assert.equal(problem([late, late], []).code, "all_backends_timed_out");
});

Deno.test("lastAnswer() is a 503 when nothing could be tried, retried after the shortest wait", () => {
  const waits = [9000, 4000, undefined].map((retryAfterMs, index) => {
    return { backend: `b${index}`, model: "m", reason: "why", retryAfterMs };
  });
  assert.deepEqual(problem([], waits), {
    status: 503,
    code: "no_backend_available",
    message: "No backend can be tried now. b0 (m): why; b1 (m): why; b2 (m): why.",
    retryAfterMs: 4000,
  });
});

Deno.test("lastAnswer() names no wait that only an edit would end", () => {
  const off = { backend: "b", model: "m", reason: "turned off", retryAfterMs: undefined };
  assert.ok(!("retryAfterMs" in problem([], [off])));
});

Deno.test("discardOthers() frees every reply but the chosen one", () => {
  const aborted: number[] = [];
  const attempts = [0, 1, 2].map((index) => {
    const tap = { pause() {}, resume() {}, abort: () => void aborted.push(index) };
    const body = new HeldBody(tap, { holdBytes: 1 });
    return { ...failed(500), outcome: { ...replyOf(500), body } };
  });
  const [, chosen] = attempts;
  assert.ok(chosen !== undefined);
  discardOthers([...attempts, unanswered("reset")], { kind: "reply", reply: chosen.outcome });
  assert.deepEqual(aborted, [0, 2]);
});

Deno.test("lastAnswer() is a 503 with a time where an attempt lacked a descriptor of ours", () => {
  const short = unanswered("no descriptor", { ifLast: 503 });
  const { status, code, retryAfterMs } = problem([unanswered("reset"), short], []);
  assert.deepEqual([status, code, retryAfterMs], [503, "out_of_resources", 1_000]);
  assert.equal(given(short, failed(500)), 500);
});
