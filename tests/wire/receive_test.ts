import assert from "node:assert/strict";
import { incomingOf, targetOf } from "../../lib/admin/serve.ts";
import type { Incoming } from "../../lib/wire/incoming.ts";
import { concat, pathOf, receive } from "../../lib/wire/receive.ts";

const LIMIT = { maxBodyBytes: 100 };

function post(body: BodyInit | null, headers: Readonly<Record<string, string>> = {}): Incoming {
  return incomingOf(requestOf(body, headers), "127.0.0.1:9");
}

function requestOf(body: BodyInit | null, headers: Readonly<Record<string, string>>): Request {
  return new Request("http://proxy/v1/x?a=%20b", { method: "POST", body, headers });
}

/** A body that comes in these pieces and then breaks, if `broken`. */
function streamed(pieces: readonly string[], broken = false): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    pull(controller) {
      const next = left.shift();
      if (next !== undefined) return controller.enqueue(new TextEncoder().encode(next));
      if (broken) controller.error(new Error("connection reset"));
      else controller.close();
    },
  });
}

async function received(body: BodyInit | null) {
  const result = await receive(post(body), LIMIT);
  return result.kind === "received" ? result : assert.fail(result.kind);
}

Deno.test("targetOf() gives path and query as they stood in the request line", () => {
  const cases = [
    ["http://h/v1/x?a=1", "/v1/x?a=1"],
    ["http://h:8080/", "/"],
    ["http://h", "/"],
    ["http://h//evil//x?y=//z", "//evil//x?y=//z"],
    ["https://[::1]:1/a%2Fb?q=http://x/", "/a%2Fb?q=http://x/"],
  ] as const;
  for (const [url, target] of cases) assert.equal(targetOf(url), target, url);
});

Deno.test("targetOf() gives other than ASCII as its bytes, one character each", () => {
  assert.equal(targetOf("http://h/caf\u00e9?\u4e2d"), "/caf\u00c3\u00a9?\u00e4\u00b8\u00ad");
});

Deno.test("pathOf() leaves the query out", () => {
  assert.equal(pathOf("/a/b?c/d?e"), "/a/b");
  assert.equal(pathOf("/a/b"), "/a/b");
  assert.equal(pathOf("/a#b\n?c"), "/a");
});

Deno.test("receive() gives method, target, path, headers and body", async () => {
  const { method, target, path, headers, body } = await received(`{"model":"m"}`);
  assert.deepEqual([method, target, path], ["POST", "/v1/x?a=%20b", "/v1/x"]);
  assert.deepEqual(headers, [["content-type", "text/plain;charset=UTF-8"]]);
  assert.equal(new TextDecoder().decode(body), `{"model":"m"}`);
});

Deno.test("receive() gives the same body in one piece or byte by byte (F117)", async () => {
  const text = `{"stream":true,"model":"中"}`;
  const whole = await received(text);
  const bytes = [...new TextEncoder().encode(text)].map((byte) => Uint8Array.of(byte));
  const trickled = await received(ReadableStream.from(bytes));
  assert.deepEqual(trickled.body, whole.body);
  assert.deepEqual(trickled.fields, whole.fields);
});

Deno.test("receive() refuses a body over the limit by its announced length, unread", async () => {
  const request = requestOf(streamed(["x"]), { "content-length": "101" });
  const incoming = incomingOf(request, "127.0.0.1:9");
  assert.deepEqual(await receive(incoming, LIMIT), { kind: "too_large", limitBytes: 100 });
  assert.equal(request.bodyUsed, false);
});

Deno.test("receive() refuses a body of unknown length once it passes the limit", async () => {
  const pieces = ["x".repeat(60), "x".repeat(40)];
  assert.equal((await receive(post(streamed(pieces)), LIMIT)).kind, "received");
  const over = await receive(post(streamed([...pieces, "x"])), LIMIT);
  assert.deepEqual(over, { kind: "too_large", limitBytes: 100 });
});

Deno.test("receive() stops reading where the limit is passed", async () => {
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled++;
      controller.enqueue(new Uint8Array(50));
    },
  });
  await receive(post(endless), LIMIT);
  assert.ok(pulled < 10, `${pulled} pieces were read`);
});

Deno.test("receive() takes a body that breaks off for a caller who left (F100)", async () => {
  const request = post(streamed([`{"model":`], true));
  assert.deepEqual(await receive(request, LIMIT), { kind: "caller_left" });
});

Deno.test("receive() finds model and stream at the top level only (F107)", async () => {
  const { fields, models } = await received(`{"a":{"model":"no","stream":true},"model":"yes"}`);
  assert.deepEqual(fields, { kind: "object", streamed: false });
  assert.deepEqual(models.map(({ kind, name }) => [kind, name]), [["json", "yes"]]);
});

Deno.test("receive() gives the span of every top-level model (F105)", async () => {
  const text = `{"model":"one","model":"two"}`;
  const { models } = await received(text);
  const spans = models.map(({ span: { start, end } }) => text.slice(start, end));
  assert.deepEqual(spans, ['"one"', '"two"']);
});

Deno.test("receive() takes the last stream for what is meant", async () => {
  const { fields } = await received(`{"model":"m","stream":false,"stream":true}`);
  assert.deepEqual(fields, { kind: "object", streamed: true });
});

Deno.test("receive() finds no fields in what is no object", async () => {
  for (const body of [null, "", "[]", `"model"`, "7"]) {
    assert.deepEqual((await received(body)).fields, { kind: "none" }, String(body));
  }
});

Deno.test("receive() tells of an object without a model whether it asks for a stream", async () => {
  const nameless = { "{}": false, '{"stream":true}': true, '{"a":{"model":"m"}}': false };
  for (const [body, streamed] of Object.entries(nameless)) {
    const { fields, models } = await received(body);
    assert.deepEqual([fields, models], [{ kind: "object", streamed }, []], body);
  }
});

Deno.test("receive() says where a body stops being JSON", async () => {
  assert.deepEqual((await received(`{"model":}`)).fields, { kind: "malformed", offset: 9 });
});

Deno.test("concat() joins chunks, and copies a lone one not at all", () => {
  const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
  assert.deepEqual(concat([a, b], 3), Uint8Array.of(1, 2, 3));
  assert.equal(concat([a], 2), a);
  assert.deepEqual(concat([], 0), new Uint8Array());
});
