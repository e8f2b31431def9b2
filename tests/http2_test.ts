/** HTTP/2 to callers: what HTTP/1.1 gives them, by other means. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { chain } from "./chain.ts";
import { connectHttp2, framesOf, replyOf } from "./http2_caller.ts";
import {
  chunk,
  CONTENT,
  DONE,
  rawReply,
  reply,
  startPausing,
  startPeer,
  startReplier,
  STREAM_HEAD,
} from "./peer.ts";
import { nextTurn } from "./wire/trial.ts";
import { startSecureProxy } from "./secure_proxy.ts";

const PATH = { ":path": "/v1/chat/completions" };
const CALL = `{"model":"chat"}`;
const STREAM = `{"model":"chat","stream":true,"pad":"${"x".repeat(3000)}"}`;

Deno.test("HTTP/2 passes a request on as HTTP/1.1 has it", async () => {
  await using backend = await startReplier(reply(200, `{}`));
  await using proxy = await startSecureProxy(chain({ backend }));
  await using caller = await connectHttp2(proxy.url);
  const headers = { "x-team": "a", cookie: ["a=1", "b=2"], te: "trailers", "x-last": "caf\xe9" };
  const body = `{ "model":"chat", "n":1e400 }`;
  const got = await replyOf(caller.ask({ ":path": "/v1/x?a=%20&b", ...headers }, body));
  assert.equal(got.status, 200);
  const [seen] = backend.requests;
  assert.equal(seen?.head.split("\r\n")[0], "POST /v1/x?a=%20&b HTTP/1.1");
  assert.deepEqual(seen?.headers.filter(([name]) => name !== "connection"), [
    ["host", new URL(backend.url).host],
    ["x-team", "a"],
    ["cookie", "a=1; b=2"],
    ["x-last", "caf\xe9"],
    ["content-length", String(body.length + "backend-model".length - "chat".length)],
  ]);
  assert.equal(Buffer.from(seen?.body ?? []).toString(), body.replace("chat", "backend-model"));
});

Deno.test("HTTP/2 passes a reply on with every field, single ones that came twice too", async () => {
  const lines = ["Content-Type: application/json", "Set-Cookie: a", "X-A: caf\xe9"];
  const more = ["set-cookie: b", "Retry-After: 1", "retry-after: 2", "X-Empty:"];
  await using backend = await startReplier(rawReply(418, [...lines, ...more], `{"error":1}`));
  await using proxy = await startSecureProxy(chain({ backend }));
  await using caller = await connectHttp2(proxy.url);
  const got = await replyOf(caller.ask(PATH, CALL));
  assert.deepEqual([got.status, got.body, got.code], [418, `{"error":1}`, 0]);
  assert.deepEqual(got.headers, [
    ["content-type", "application/json"],
    ["set-cookie", "a"],
    ["x-a", "caf\xe9"],
    ["set-cookie", "b"],
    ["retry-after", "1"],
    ["retry-after", "2"],
    ["x-empty", ""],
    ["content-length", "11"],
  ]);
});

Deno.test("HTTP/2 takes many requests at once on one connection", async () => {
  const all = Promise.withResolvers<void>();
  await using backend = await startPeer(async ({ index, request, write }) => {
    if (index === 19) all.resolve();
    await all.promise;
    await write(reply(200, request.body));
  });
  await using proxy = await startSecureProxy(chain({ backend }));
  await using caller = await connectHttp2(proxy.url);
  const asked = Array.from({ length: 20 }, (_, n) => `{"model":"chat","n":${n}}`);
  const got = await Promise.all(asked.map((body) => replyOf(caller.ask(PATH, body))));
  assert.deepEqual(
    got.map(({ body }) => body),
    asked.map((body) => body.replace("chat", "backend-model")),
  );
});

Deno.test("HTTP/2 answers HEAD and what has no body, and refuses in the caller's dialect", async () => {
  await using backend = await startReplier("HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n");
  await using proxy = await startSecureProxy(chain({ backend }, "limits: { max_body_mb: 0.01 }"));
  await using caller = await connectHttp2(proxy.url);
  const head = await replyOf(caller.ask({ ":path": "/", ":method": "HEAD" }));
  assert.deepEqual([head.status, head.body, head.code], [200, "", 0]);
  const empty = await replyOf(caller.ask(PATH, CALL));
  assert.deepEqual([empty.status, empty.headers, empty.body], [204, [["x-a", "1"]], ""]);
  const unknown = await replyOf(caller.ask(PATH, `{"model":"nobody"}`));
  assert.equal(unknown.status, 400);
  assert.equal(JSON.parse(unknown.body).error.code, "unknown_model");
  const large = await replyOf(caller.ask(PATH, "x".repeat(3_000_000)));
  assert.deepEqual([large.status, large.code], [413, 0]);
  assert.equal((await replyOf(caller.ask({ ":path": "/health" }))).body, "ok");
});

Deno.test("HTTP/2 streams event by event to an end in order", async () => {
  const seen = Promise.withResolvers<void>();
  await using backend = await startPausing(seen.promise);
  await using proxy = await startSecureProxy(chain({ backend }));
  await using caller = await connectHttp2(proxy.url);
  const stream = caller.ask(PATH, STREAM);
  const got = replyOf(stream);
  await once(stream, "data");
  seen.resolve();
  const { body, code } = await got;
  assert.deepEqual([body, code], [CONTENT + DONE, 0]);
});

const INTERNAL_ERROR = 2;

Deno.test("HTTP/2 cuts a stream where the backend's was cut, after what came of it", async () => {
  await using backend = await startPeer(async ({ write, close }) => {
    await write(STREAM_HEAD + chunk(CONTENT));
    close();
  });
  await using proxy = await startSecureProxy(chain({ backend }));
  await using caller = await connectHttp2(proxy.url);
  const got = await replyOf(caller.ask(PATH, STREAM));
  assert.deepEqual([got.status, got.body, got.code], [200, CONTENT, INTERNAL_ERROR]);
});

Deno.test("HTTP/2 ends what was cut with RST_STREAM and nothing with END_STREAM", async () => {
  const bytes = 300_000;
  await using backend = await startPeer(async ({ write, reset }) => {
    await write("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 999999\r\n\r\n");
    await write(new Uint8Array(bytes));
    reset();
  });
  await using proxy = await startSecureProxy(chain({ backend }, "default_backend: backend"));
  const frames = await framesOf(proxy.url, [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/v1/files/f/content"],
    [":authority", new URL(proxy.url).host],
  ]);
  assert.equal(frames.at(-1)?.type, "RST_STREAM");
  assert.deepEqual(frames.filter(({ endsStream }) => endsStream), []);
  const data = frames.filter(({ type }) => type === "DATA");
  const received = data.reduce((sum, { length }) => sum + length, 0);
  assert.ok(received > 0 && received <= bytes, `${received}`);
});

Deno.test("HTTP/2 refuses a request that names no authority", async () => {
  await using backend = await startReplier(reply(200));
  await using proxy = await startSecureProxy(chain({ backend }));
  const fields = [[":method", "GET"], [":scheme", "https"], [":path", "/health"]] as const;
  const nobody = await framesOf(proxy.url, fields);
  assert.ok(!nobody.some(({ type, length }) => type === "DATA" && length === "ok".length));
  const somebody = await framesOf(proxy.url, [...fields, ["host", "a.example"]]);
  assert.ok(somebody.some(({ type, length }) => type === "DATA" && length === "ok".length));
});

Deno.test("HTTP/2 turns a foreign authority away where a key could be spent", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  const yaml = chain({ backend })
    .replace("name: backend", "name: backend, auth: inject, api_key: sk-injected-012345");
  await using proxy = await startSecureProxy(yaml);
  await using caller = await connectHttp2(proxy.url);
  const foreign = await replyOf(caller.ask({ ...PATH, ":authority": "evil.example" }, CALL));
  assert.equal(foreign.status, 403);
  assert.equal((await replyOf(caller.ask(PATH, CALL))).status, 200);
});

const LEAVING = {
  "resets its stream": false,
  "ends its connection": true,
};

for (const [how, altogether] of Object.entries(LEAVING)) {
  for (const head of ["", STREAM_HEAD + chunk(CONTENT)]) {
    const phase = head === "" ? "before the head" : "in the stream";
    Deno.test(`HTTP/2 lets the backend go within a second where the caller ${how} ${phase}`, async () => {
      const gone = Promise.withResolvers<void>();
      await using backend = await startPeer(async (exchange) => {
        exchange.gone.then(gone.resolve);
        if (head !== "") await exchange.write(head);
      });
      await using proxy = await startSecureProxy(chain({ backend }));
      await using caller = await connectHttp2(proxy.url);
      const stream = caller.ask(PATH, STREAM);
      await backend.seen(0);
      if (head !== "") await once(stream, "data");
      const leftAtMs = performance.now();
      if (altogether) caller.leave();
      else stream.close(8);
      await gone.promise;
      assert.ok(performance.now() - leftAtMs < 1000);
      const [log = ""] = await proxy.logs();
      assert.match(log, /caller left/);
    });
  }
}

Deno.test("HTTP/2 slows the backend down where the caller takes nothing", async () => {
  let sent = 0;
  const stalled = Promise.withResolvers<void>();
  await using backend = await startPeer(async ({ write, gone }) => {
    await write("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n");
    let over = false;
    gone.then(() => over = true);
    for (const block = new Uint8Array(64 * 1024); !over; sent += block.length) {
      const timer = setTimeout(() => stalled.resolve(), 300);
      await Promise.race([write(block), gone]);
      clearTimeout(timer);
      await nextTurn();
    }
  });
  await using proxy = await startSecureProxy(chain({ backend }, "default_backend: backend"));
  await using caller = await connectHttp2(proxy.url);
  const stream = caller.ask({ ":path": "/v1/files/f/content" });
  stream.pause();
  await stalled.promise;
  assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes were taken`);
});

Deno.test("HTTP/2 drains: what is in flight ends, idle connections go at once", async () => {
  const release = Promise.withResolvers<void>();
  await using backend = await startPausing(release.promise);
  await using proxy = await startSecureProxy(chain({ backend }));
  await using _idle = await connectHttp2(proxy.url);
  await using busy = await connectHttp2(proxy.url);
  const stream = busy.ask(PATH, STREAM);
  const got = replyOf(stream);
  await once(stream, "data");
  const drained = proxy.drain(5);
  release.resolve();
  const { body, code } = await got;
  assert.deepEqual([body, code], [CONTENT + DONE, 0]);
  await drained;
});
