import assert from "node:assert/strict";
import fc from "fast-check";
import { parseRequestLog, type RequestLog } from "../../lib/record/parse_request_log.ts";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const KEY = "sk-canary-0123456789abcdef";

/** The log of a request with this body, read back. */
async function parsed(
  body: string | Uint8Array,
  { settings = "", lines = [] as readonly string[], answer = "{}" } = {},
): Promise<RequestLog> {
  await using backend = await startReplier(reply(200, answer));
  const more = `default_backend: backend\n${settings}`;
  await using proxy = await startProxy(chain({ backend }, more));
  const typed = lines.some((line) => line.startsWith("Content-Type:"))
    ? lines
    : ["Content-Type: application/json", ...lines];
  await callRaw(proxy.url, { target: "/v1/x?a=1", lines: typed, body });
  const [log = ""] = await proxy.logs();
  return parseRequestLog(log) ?? assert.fail(log);
}

Deno.test("parseRequestLog() gives the request as it was sent", async () => {
  const { id, request } = await parsed(`{"model":"chat","n":1}`, {
    lines: ["X-Odd: a: b", "X-E:"],
  });
  assert.match(id, /^[\da-f]{8}$/);
  assert.deepEqual([request.method, request.target], ["POST", "/v1/x?a=1"]);
  assert.deepEqual(request.headers.filter(([name]) => name.startsWith("X-")), [
    ["X-Odd", "a: b"],
    ["X-E", ""],
  ]);
  assert.deepEqual(request.body, {
    text: `{"model":"chat","n":1}`,
    totalBytes: 22,
    exact: true,
    notes: [],
  });
});

Deno.test("parseRequestLog() takes nothing in a body for a heading", async () => {
  const text = `x\n\n== response head, from a (b), at 1 ms\n200\n== ending\ncomplete\n`;
  const { request, sections } = await parsed(text, {
    lines: ["Content-Type: text/plain"],
    answer: text,
  });
  assert.equal(request.body.text, text);
  assert.equal(sections.find(({ title }) => title === "response body")?.body?.text, text);
  assert.equal(sections.filter(({ title }) => title === "ending").length, 1);
});

Deno.test("parseRequestLog() gives any text back", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), async (text) => {
      const body = JSON.stringify({ model: "chat", text: `\n\n== ${text}` });
      assert.equal((await parsed(body)).request.body.text, body);
    }),
    { numRuns: 20 },
  );
});

Deno.test("parseRequestLog() says what is different about a body", async () => {
  const masked = await parsed(`{"model":"chat","key":"${KEY}"}`);
  assert.deepEqual(masked.request.body.notes, ["credentials masked"]);
  assert.equal(masked.request.body.exact, false);
  assert.ok(!masked.request.body.text.includes(KEY));
  const settings = "logging: { max_body_kb: 1 }";
  const cut = await parsed(`{"model":"chat","text":"${"ü".repeat(1000)}"}`, { settings });
  assert.deepEqual(cut.request.body.notes, ["truncated to 1024 bytes"]);
  assert.equal(cut.sections.at(-1)?.title, "ending");
  const binary = await parsed(new Uint8Array([0xff, 0xfe, 0]));
  assert.deepEqual(binary.request.body.notes, ["binary"]);
});

Deno.test("parseRequestLog() refuses what is no request log", () => {
  for (
    const text of ["", "llm-proxy request\n", "llm-proxy request 12ab\nreceived x\n", "\u0000"]
  ) {
    assert.equal(parseRequestLog(text), undefined);
  }
});

Deno.test("parseRequestLog() looks for no body where none was kept", () => {
  const log = "llm-proxy request 12ab\nreceived x\n\n== request head\nGET /v1/realtime\n\n" +
    "== request body: 33 bytes of a WebSocket, not kept\n\n== ending\ncomplete\n";
  const { request, sections } = parseRequestLog(log) ?? assert.fail("no log");
  assert.deepEqual([request.body.text, request.body.totalBytes, request.body.exact], [
    "",
    33,
    false,
  ]);
  assert.equal(sections.at(-1)?.title, "ending");
});
