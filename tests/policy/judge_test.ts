import assert from "node:assert/strict";
import { findingOf } from "../../lib/policy/finding.ts";
import { type Circumstances, judge } from "../../lib/policy/judge.ts";
import type { Outcome } from "../../lib/wire/outcome.ts";
import { detectionOf, FALLBACK } from "../routing.ts";
import { errorJson, faultOf, replyOf } from "./replies.ts";
import {
  COUNTING,
  CREATING,
  INFERENCE,
  LAST_KEY,
  LATER,
  ONE_MORE_KEY,
  onFault,
  onStatus,
  PASSTHROUGH,
  words,
} from "./verdicts.ts";

const SERVER_ERRORS = [500, 502, 503, 504, 520, 529];

Deno.test("judge() row 1: abandons when the caller went away", () => {
  assert.equal(onFault("caller_left"), "row 1: abandon");
});

Deno.test("judge() row 2: a shortage of our own moves on, cools nothing and is a 503", () => {
  for (const operation of [INFERENCE, COUNTING, undefined]) {
    const verdict = onFault("own_shortage", { ...PASSTHROUGH, operation });
    assert.equal(verdict, "row 2: fallback, cools the nothing, else 503");
  }
});

Deno.test("judge() row 3: answers 400 to a request that cannot be sent", () => {
  assert.equal(onFault("request_refused"), "row 3: answer 400 ourselves");
});

Deno.test("judge() row 3: answers 500 to a fault of our own", () => {
  assert.equal(onFault("internal_error"), "row 3: answer 500 ourselves");
});

Deno.test("judge() row 4: no connection cools the backend", () => {
  for (const code of ["connect_failed", "connect_timeout"] as const) {
    assert.equal(onFault(code), "row 4: fallback, cools the backend, else 502", code);
  }
});

Deno.test("judge() row 5: no response head cools the route", () => {
  for (const code of ["connection_lost", "invalid_reply"] as const) {
    assert.equal(onFault(code), "row 5: fallback, cools the route, else 502", code);
  }
});

Deno.test("judge() row 6: no response head in time cools the route and is a 504", () => {
  assert.equal(onFault("first_byte_timeout"), "row 6: fallback, cools the route, else 504");
});

Deno.test("judge() row 7: an error of count_tokens moves on and cools nothing", () => {
  for (const auth of [PASSTHROUGH, LATER, LAST_KEY, ONE_MORE_KEY]) {
    for (const status of [400, 401, 403, 404, 422, 429, ...SERVER_ERRORS]) {
      const verdict = onStatus(status, { ...auth, operation: COUNTING }, "rate_limit");
      assert.equal(verdict, "row 7: fallback, cools the nothing, else as it came", String(status));
    }
  }
});

Deno.test("judge() row 7: a count_tokens without an answer is judged like any call", () => {
  const counting = { ...PASSTHROUGH, operation: COUNTING };
  assert.equal(onFault("connect_failed", counting), onFault("connect_failed"));
  assert.equal(onStatus(200, counting), onStatus(200));
});

Deno.test("judge() row 8: a later redirect moves on and cools nothing (cases 3)", () => {
  for (const status of [301, 302, 304, 307, 308]) {
    const verdict = "row 8: fallback, cools the nothing, else as it came";
    assert.equal(onStatus(status, LATER), verdict);
    assert.equal(onStatus(status, { ...LATER, operation: CREATING }), `row 8: relay ${status}`);
  }
});

Deno.test("judge() row 8: relays a redirect", () => {
  for (const status of [301, 302, 304, 307, 308]) {
    assert.equal(onStatus(status), `row 8: relay ${status}`);
    assert.equal(onStatus(status, ONE_MORE_KEY, "rate_limit"), `row 8: relay ${status}`);
  }
});

Deno.test("judge() row 9: a refused key of a pool moves on to the next key", () => {
  for (const status of [401, 403]) {
    assert.equal(onStatus(status, ONE_MORE_KEY), "row 9: fallback, cools the key, else as it came");
  }
});

Deno.test("judge() row 9: the last key refused cools the backend", () => {
  for (const status of [401, 403]) {
    assert.equal(onStatus(status, LAST_KEY), "row 9: fallback, cools the backend, else as it came");
  }
});

Deno.test("judge() row 9: a refused key comes before error_codes and error_patterns", () => {
  const detection = { ...PASSTHROUGH.detection, errorCodes: new Set([401]) };
  const verdict = onStatus(401, { ...LAST_KEY, detection }, errorJson({ code: "rate_limit" }));
  assert.equal(verdict, "row 9: fallback, cools the backend, else as it came");
});

Deno.test("judge() row 10: relays the refusal of the caller's own credential", () => {
  for (const status of [401, 403]) assert.equal(onStatus(status), `row 10: relay ${status}`);
});

Deno.test("judge() row 10: a later backend's refusal moves on and cools nothing", () => {
  for (const status of [401, 403]) {
    assert.equal(onStatus(status, LATER), "row 10: fallback, cools the nothing, else as it came");
  }
});

Deno.test("judge() row 10: error_codes may say otherwise", () => {
  const detection = { ...PASSTHROUGH.detection, errorCodes: new Set([401]) };
  for (const attempt of [PASSTHROUGH, LATER]) {
    const verdict = onStatus(401, { ...attempt, detection });
    assert.equal(verdict, "row 12: fallback, cools the route, else as it came");
  }
});

Deno.test("judge() row 10: error_patterns may say otherwise", () => {
  for (const attempt of [PASSTHROUGH, LATER]) {
    const verdict = onStatus(403, attempt, errorJson({ type: "rate_limit_error" }));
    assert.equal(verdict, "row 13: fallback, cools the route, else as it came");
  }
});

Deno.test("judge() row 11: 429 moves on to the next key of a pool", () => {
  assert.equal(onStatus(429, ONE_MORE_KEY), "row 11: fallback, cools the key, else as it came");
});

Deno.test("judge() row 11: 429 without another key is left to row 12", () => {
  assert.equal(onStatus(429, LAST_KEY), "row 12: fallback, cools the route, else as it came");
});

Deno.test("judge() row 11: under passthrough no pool counts", () => {
  const verdict = onStatus(429, { ...PASSTHROUGH, otherKeys: 2 });
  assert.equal(verdict, "row 12: fallback, cools the route, else as it came");
});

Deno.test("judge() row 12: a status in error_codes cools the route", () => {
  for (const status of [408, 429, ...SERVER_ERRORS]) {
    assert.equal(
      onStatus(status),
      "row 12: fallback, cools the route, else as it came",
      String(status),
    );
  }
});

Deno.test("judge() row 12: a 402 without words is of whoever's account it is (cases 6)", () => {
  const keyless = { ...PASSTHROUGH.origin, hasCallersKey: () => false };
  assert.equal(onStatus(402), "row 12: fallback, cools the caller, else as it came");
  for (const circumstances of [{ ...PASSTHROUGH, origin: keyless }, LAST_KEY]) {
    const verdict = onStatus(402, circumstances);
    assert.equal(verdict, "row 12: fallback, cools the route, else as it came");
  }
});

Deno.test("judge() row 12: a status in error_codes needs no readable body", () => {
  const html = "<html><body>502 Bad Gateway</body></html>";
  assert.equal(
    onStatus(502, PASSTHROUGH, html),
    "row 12: fallback, cools the route, else as it came",
  );
});

Deno.test("judge() row 12: decides before error_patterns", () => {
  const verdict = judge(replyOf(429, { text: errorJson({ code: "rate_limit" }) }), PASSTHROUGH);
  assert.equal(verdict.row, 12);
});

Deno.test("judge() row 13: an error that matches a pattern cools the route", () => {
  const cooled = "row 13: fallback, cools the route, else as it came";
  assert.equal(onStatus(404, PASSTHROUGH, errorJson({ code: "rate_limit_exceeded" })), cooled);
  assert.equal(onStatus(418, PASSTHROUGH, errorJson({ message: "当前分组下无可用渠道" })), cooled);
  assert.equal(onStatus(409, PASSTHROUGH, "<h1>Upstream 523</h1>"), row14(409));
  assert.equal(onStatus(409, PASSTHROUGH, "<h1>upstream 523</h1>"), cooled);
});

Deno.test("judge() row 13: a prompt quoted in a 400, 413 or 422 matches nothing", () => {
  for (const status of [400, 413, 422]) {
    const text = errorJson({ type: "invalid_request_error", message: "bad prompt: rate_limit" });
    assert.equal(onStatus(status, PASSTHROUGH, text), row14(status));
  }
});

Deno.test("judge() row 13: the code of a 400 may match", () => {
  const verdict = onStatus(400, PASSTHROUGH, errorJson({ code: "rate_limit" }));
  assert.equal(verdict, "row 13: fallback, cools the route, else as it came");
});

Deno.test("judge() row 13: a 2xx that mentions a pattern is an answer", () => {
  assert.equal(onStatus(200, PASSTHROUGH, "rate_limit"), "row 0: relay 200");
});

Deno.test("judge() row 14: relays what is the caller's fault", () => {
  for (const status of [400, 404, 405, 409, 413, 415, 422, 451]) {
    for (const circumstances of [PASSTHROUGH, LAST_KEY, ONE_MORE_KEY]) {
      assert.equal(onStatus(status, circumstances), row14(status));
    }
  }
});

Deno.test("judge() row 14: a later attempt moves on and cools nothing (cases 3)", () => {
  for (const status of [400, 404, 405, 409, 413, 415, 422, 451]) {
    const verdict = "row 14: fallback, cools the nothing, else as it came";
    assert.equal(onStatus(status, LATER), verdict);
    assert.equal(onStatus(status, { ...LATER, operation: CREATING }), row14(status));
  }
});

Deno.test("judge() row 14: what the prompt brought about cools nothing, with a 5xx either", () => {
  for (const code of ["context_length_exceeded", "content_filter"]) {
    const verdict = "row 14: fallback, cools the nothing, else as it came";
    assert.equal(onStatus(500, PASSTHROUGH, errorJson({ code })), verdict);
    assert.equal(onStatus(403, ONE_MORE_KEY, errorJson({ code: "content_filter" })), row14(403));
  }
});

const POOR = errorJson({ message: "Your credit balance is too low to access the API." });

Deno.test("judge() row 21: an account without money moves on: key, caller's key, route (cases 6)", () => {
  const keyless = { ...PASSTHROUGH.origin, hasCallersKey: () => false };
  for (const status of [400, 402, 403, 429]) {
    const cooled = (circumstances: Circumstances) => {
      return /^row 21: fallback, cools the (\w+)/.exec(onStatus(status, circumstances, POOR))?.[1];
    };
    assert.equal(cooled(ONE_MORE_KEY), "key");
    assert.equal(cooled(LAST_KEY), "route");
    assert.equal(cooled(PASSTHROUGH), "caller");
    assert.equal(cooled({ ...PASSTHROUGH, origin: keyless }), "route");
    assert.equal(cooled({ ...ONE_MORE_KEY, operation: CREATING }), "key");
  }
});

Deno.test("judge() row 9: a 400 may refuse a key as well (cases 6)", () => {
  const text = errorJson({
    message: "API key not valid.",
    details: [{ reason: "API_KEY_INVALID" }],
  });
  assert.equal(onStatus(400, ONE_MORE_KEY, text), onStatus(401, ONE_MORE_KEY));
  assert.equal(onStatus(400, LAST_KEY, text), onStatus(401, LAST_KEY));
  assert.equal(onStatus(400, PASSTHROUGH, text), "row 10: relay 400");
});

Deno.test("judge() row 23: an HTML page with a 403 says nothing of a key (cases 6)", () => {
  const page = "<!DOCTYPE html><title>Just a moment...</title>";
  for (const circumstances of [PASSTHROUGH, LATER, LAST_KEY, ONE_MORE_KEY]) {
    const verdict = "row 23: fallback, cools the nothing, else as it came";
    assert.equal(onStatus(403, circumstances, page), verdict);
  }
});

Deno.test("judge() row 22: a model that is not known there moves on (cases 3)", () => {
  for (const status of [400, 404]) {
    const verdict = (message: string, circumstances = PASSTHROUGH) =>
      onStatus(status, circumstances, errorJson({ message }));
    const ours = "The model `ours` does not exist";
    assert.equal(verdict(ours), "row 22: fallback, cools the route, else as it came");
    const nothing = "row 22: fallback, cools the nothing, else as it came";
    assert.equal(verdict("Model Not Exist"), nothing);
    assert.equal(verdict("The model `ours-20261001` does not exist"), nothing);
    const doubtful = { ...PASSTHROUGH, origin: { ...PASSTHROUGH.origin, sends: () => true } };
    assert.equal(verdict(ours, doubtful), nothing);
    assert.equal(verdict("The model `theirs` does not exist"), row14(status));
    const later = "row 14: fallback, cools the nothing, else as it came";
    assert.equal(verdict("The model `theirs` does not exist", LATER), later);
    const tools = errorJson({ message: ours, param: "tools[0].model" });
    assert.equal(onStatus(status, PASSTHROUGH, tools), row14(status));
  }
});

Deno.test("judge() row 14: a 429 or 5xx that the operator took out of error_codes is relayed", () => {
  const detection = { ...detectionOf(), errorCodes: new Set<number>() };
  for (const status of [429, 500, 503]) {
    assert.equal(onStatus(status, { ...PASSTHROUGH, detection }), row14(status));
  }
});

Deno.test("judge() relays an answer", () => {
  for (const status of [200, 201, 204, 206]) {
    assert.equal(onStatus(status), `row 0: relay ${status}`);
  }
});

Deno.test("judge() gives the reason with its evidence", () => {
  const reason = (outcome: Outcome) => judge(outcome, PASSTHROUGH).reason;
  assert.equal(reason(replyOf(503)), "status 503, one of error_codes");
  assert.equal(
    reason(replyOf(404, { text: errorJson({ code: "rate_limit" }) })),
    'status 404, matches error pattern "rate_limit"',
  );
  assert.equal(
    reason(faultOf("connect_failed", "ECONNREFUSED")),
    "cannot connect (ECONNREFUSED)",
  );
});

Deno.test("judge() decides on every status in every circumstance, and relaying cools nothing", () => {
  for (const circumstances of everyCircumstance()) {
    for (let status = 100; status < 600; status++) {
      for (const text of ["", "rate_limit", errorJson({ code: "rate_limit" })]) {
        checkDecision(status, { text, circumstances });
      }
    }
  }
});

function checkDecision(
  status: number,
  { text, circumstances }: { readonly text: string; readonly circumstances: Circumstances },
): void {
  const outcome = replyOf(status, { text });
  const verdict = judge(outcome, circumstances);
  const finding = findingOf(verdict, outcome, { ...FALLBACK, nowMs: 0 });
  const told = `${status}: ${words(verdict)}`;
  assert.notEqual(verdict.action, "abandon", told);
  assert.equal(finding.kind, verdict.action === "relay" ? "answered" : "failed", told);
  if (status < 300) assert.equal(verdict.action, "relay", told);
  if (verdict.action === "fallback") {
    assert.ok(verdict.cool !== "key" || circumstances.otherKeys > 0, told);
  }
}

function everyCircumstance(): Circumstances[] {
  const yesOrNo = [true, false];
  const operations = [INFERENCE, COUNTING, undefined];
  const detections = [detectionOf(), detectionOf("rate_limit")];
  return [PASSTHROUGH, LAST_KEY, ONE_MORE_KEY].flatMap((auth) =>
    yesOrNo.flatMap((firstAttempt) =>
      operations.flatMap((operation) =>
        detections.map((detection) => ({ ...auth, firstAttempt, operation, detection }))
      )
    )
  );
}

function row14(status: number): string {
  return `row 14: relay ${status}`;
}
