import assert from "node:assert/strict";
import { balanceOf, message, type Passed, type Rules } from "./entries.ts";

const LINES = ["X-One: a", "x-two: b", "X-One: c"];
const SENT_BODY = `{"model":"chat","a":"chat","n":1.0}`;
const SEEN_BODY = `{"model":"org/model","a":"chat","n":1.0}`;
const REPLY_BODY = `{"choices":[]}`;

function request(target: string, lines: readonly string[], body: string): string {
  return message(`POST ${target} HTTP/1.1`, ["Host: a", ...lines], body);
}

function reply(lines: readonly string[], body: string, status = "200 OK"): string {
  return message(`HTTP/1.1 ${status}`, lines, body);
}

const DATE = "Date: Thu, 01 Jan 2026 00:00:00 GMT";

/** An exchange in which nothing is wrong. */
const WELL: Passed = {
  sent: request("/v1/x?a=1", LINES, SENT_BODY),
  received: request("/v1/x?a=1", LINES, SEEN_BODY),
  replied: reply(LINES, REPLY_BODY, "200 Fine"),
  answered: reply([...LINES, DATE], REPLY_BODY),
};

const CHUNKED = "Transfer-Encoding: chunked";

/** What is documented. */
const ALLOWED: Readonly<Record<string, readonly [Partial<Passed>, Rules?]>> = {
  "nothing but the model": [{}],
  "fields of the hop": [{
    sent: request("/v1/x?a=1", ["Connection: x-gone", "X-Gone: 1", "TE: a", ...LINES], SENT_BODY),
    received: request("/v1/x?a=1", ["connection: keep-alive", ...LINES], SEEN_BODY),
  }],
  "another framing": [{
    replied: `HTTP/1.1 200 OK\r\n${LINES.join("\r\n")}\r\n${CHUNKED}\r\n\r\n` +
      `e;x=y\r\n${REPLY_BODY}\r\n0\r\nX-Trailer: a\r\n\r\n`,
  }],
  "a 103 that stays behind": [{
    replied: `HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n${reply(LINES, REPLY_BODY)}`,
  }],
  "a base path": [{ sent: request("/x?a=1", LINES, SENT_BODY) }],
  "an injected key": [{
    sent: request("/v1/x?key=theirs&a=1", ["Authorization: Bearer theirs", ...LINES], SENT_BODY),
    received: request("/v1/x?a=1", [...LINES, "x-api-key: ours"], SEEN_BODY),
  }, { keys: ["ours", "another"] }],
  "a caller's key for the proxy": [{
    sent: request("/v1/x?key=mine&a=1", [...LINES, "x-api-key: mine"], SENT_BODY),
  }, { callerKeys: new Set(["mine"]) }],
  "headers that the configuration sets and removes": [{
    sent: request("/v1/x?a=1", [...LINES, "user-agent: a"], SENT_BODY),
    received: request("/v1/x?a=1", [...LINES, "x-set: 1"], SEEN_BODY),
  }, { set: [["x-set", "1"]], remove: new Set(["user-agent"]) }],
  "an answer of our own": [{
    received: "",
    answered: reply(["content-type: application/json"], "{}"),
  }],
  "an answer of our own after an attempt": [
    { answered: reply(["content-type: application/json"], "{}") },
    { ownBodies: new Set(["{}"]) },
  ],
  "a cut on both sides": [{
    replied: reply(LINES, REPLY_BODY).slice(0, -4),
    answered: reply([...LINES, DATE], REPLY_BODY).slice(0, -6),
  }],
  "a cut that the caller is told of": [{
    replied: reply(LINES, "data: 1\n\n").slice(0, -1),
    answered: `HTTP/1.1 200 OK\r\n${LINES.join("\r\n")}\r\n${CHUNKED}\r\n\r\n` +
      `7\r\ndata: 1\r\n19\r\n\n\ndata: {"error":"cut"}\n\n\r\n`,
  }, { tellsOfCuts: true }],
  "a caller who left": [{ received: WELL.received.slice(0, -5), answered: "" }],
  "an alias in the path": [{
    sent: request("/v1/models/ch%61t:do?a=1", LINES, `{"model":"chat"}`),
    received: request("/v1/models/org%2Fmodel:do?a=1", LINES, `{"model":"chat"}`),
  }],
};

for (const [what, [passed, rules]] of Object.entries(ALLOWED)) {
  Deno.test(`balance() takes ${what} for what is documented`, () => {
    assert.deepEqual(balanceOf({ ...WELL, ...passed }, rules).unexpected, []);
  });
}

/** What is not; with what the ledger says is different. */
const UNEXPECTED: Readonly<Record<string, readonly [Partial<Passed>, RegExp, Rules?]>> = {
  "a body written anew": [
    { received: request("/v1/x?a=1", LINES, SEEN_BODY.replace("1.0", "1")) },
    /request body/,
  ],
  "another model": [
    { received: request("/v1/x?a=1", LINES, SEEN_BODY.replace("org", "0rg")) },
    /request body/,
  ],
  "the alias itself": [{ received: WELL.sent }, /request body/],
  "an alias replaced where it is no model": [
    { received: request("/v1/x?a=1", LINES, SEEN_BODY.replace("chat", "org/model")) },
    /request body/,
  ],
  "a body cut short and framed as whole": [
    { sent: WELL.sent.slice(0, -3), received: request("/v1/x?a=1", LINES, SEEN_BODY.slice(0, -3)) },
    /a body that is cut/,
  ],
  "a query in another order": [
    { received: WELL.received.replace("?a=1", "?b&a=1") },
    /target/,
  ],
  "another method": [{ received: WELL.received.replace("POST", "PUT") }, /method/],
  "a name in another case": [
    { received: WELL.received.replace("X-One: a", "x-one: a") },
    /a field is missing.*\n.*a field was added/,
  ],
  "fields in another order": [
    { received: request("/v1/x?a=1", LINES.toReversed(), SEEN_BODY) },
    /the order of fields/,
  ],
  "repeated fields joined": [
    { received: request("/v1/x?a=1", ["X-One: a, c", "x-two: b"], SEEN_BODY) },
    /a field is missing/,
  ],
  "a field of ours": [
    { received: request("/v1/x?a=1", [...LINES, "Via: 1.1 us"], SEEN_BODY) },
    /a field was added.*Via: 1\.1 us/,
  ],
  "a caller's credential beside the injected key": [
    {
      sent: request("/v1/x?a=1", [...LINES, "x-api-key: theirs"], SENT_BODY),
      received: request("/v1/x?a=1", [...LINES, "x-api-key: theirs", "api-key: ours"], SEEN_BODY),
    },
    /credentials/,
    { keys: ["ours"] },
  ],
  "no key where one is injected": [{}, /credentials/, { keys: ["ours"] }],
  "a caller's key for the proxy at a backend": [
    {
      sent: request("/v1/x?a=1", [...LINES, "x-api-key: mine"], SENT_BODY),
      received: request("/v1/x?a=1", [...LINES, "x-api-key: mine"], SEEN_BODY),
    },
    /a field was added.*x-api-key: mine/,
    { callerKeys: new Set(["mine"]) },
  ],
  "a request that nobody made": [
    { received: WELL.received + request("/v1/y", [], "{}") },
    /at a backend/,
  ],
  "something after a request": [{ received: `${WELL.received}\r\n\r\n` }, /what a backend got/],
  "another status": [{ answered: WELL.answered.replace("200", "201") }, /status/],
  "another reply body": [{ answered: WELL.answered.replace("[]", "{}") }, /reply body/],
  "a date in place of the backend's": [
    { replied: reply([...LINES, DATE.replace("01", "02")], REPLY_BODY) },
    /Date/,
  ],
  "a reply header of ours": [
    { answered: reply(["Server: us", ...LINES], REPLY_BODY) },
    /a field was added.*Server: us/,
  ],
  "a cut reply given as whole": [
    {
      replied: reply(LINES, REPLY_BODY).slice(0, -4),
      answered: reply([...LINES, DATE], REPLY_BODY.slice(0, -4)),
    },
    /cut as the backend's is/,
  ],
  "a backend's error in our words": [
    {
      replied: reply(["content-type: application/json"], `{"error":1}`, "400 Bad"),
      answered: reply(["content-type: application/json"], `{"error":2}`, "400 Bad Request"),
    },
    /reply body/,
    { ownBodies: new Set(["{}"]) },
  ],
  "an answer from nowhere": [
    { received: "", answered: reply(["content-type: text/html"], "<html>") },
    /a backend's reply, or an answer of ours/,
  ],
};

for (const [what, [passed, where, rules]] of Object.entries(UNEXPECTED)) {
  Deno.test(`balance() finds ${what}`, () => {
    const { unexpected } = balanceOf({ ...WELL, ...passed }, rules);
    const told = unexpected.map(({ where, expected, got }) => `${where} ${expected} ${got}`);
    assert.match(told.join("\n"), where);
    assert.ok(unexpected.every(({ bytes }) => bytes > 0));
  });
}

Deno.test("balance() says where the first byte differs and shows what stands there", () => {
  const answered = WELL.answered.replace("[]", "[\x01");
  assert.deepEqual(balanceOf({ ...WELL, answered }).unexpected, [{
    where: `at the caller, 200 to "POST /v1/x?a=1 HTTP/1.1": reply body`,
    at: 12,
    bytes: 1,
    expected: String.raw`"{\"choices\":[]}"`,
    got: String.raw`"{\"choices\":[\u0001}"`,
  }]);
});

Deno.test("balance() counts exchanges, attempts and bytes", () => {
  const { exchanges, attempts, bytesSent, bytesReceived } = balanceOf(WELL);
  assert.deepEqual([exchanges, attempts], [1, 1]);
  assert.deepEqual([bytesSent, bytesReceived], [WELL.sent.length, WELL.answered.length]);
});
