import assert from "node:assert/strict";
import { callRaw, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, CONTENT, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { type Collector, startCollector } from "./collector.ts";
import { makeHome, startProgram } from "../blackbox/program.ts";

const ANSWER = `{"choices":[{"message":{"content":"Hi"}}]}`;
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** The program under way with its spans going to the collector. */
async function startTraced(yaml: string, { env }: Collector) {
  const stack = new AsyncDisposableStack();
  const home = stack.use(await makeHome(yaml));
  const program = stack.use(await startProgram(["-config", home.configFile], { env }));
  return { url: program.url, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

Deno.test("traces: one span a request and one an attempt, with what they came to", async () => {
  await using collector = startCollector();
  await using primary = await startReplier(reply(429, "{}"));
  await using secondary = await startReplier(reply(200, ANSWER));
  await using program = await startTraced(chain({ primary, secondary }), collector);
  const beforeMs = Date.now();
  await callRaw(program.url, { body: `{"model":"chat"}` });
  const spans = await collector.until("llm-proxy", 3);
  const request = spans.find(({ name }) => name === "chat chat");
  const [first, second] = spans.filter(({ name }) => name.startsWith("attempt "));
  assert.ok(request !== undefined && first !== undefined && second !== undefined);
  assert.equal(spans.length, 3);
  assert.equal(request.parentSpanId, "");
  for (const { parentSpanId, traceId } of [first, second]) {
    assert.deepEqual([parentSpanId, traceId], [request.spanId, request.traceId]);
  }
  assert.ok(request.startMs >= beforeMs - 1 && request.endMs <= Date.now() + 1);
  assert.ok(request.startMs <= first.startMs && first.endMs <= second.startMs + 1);
  assert.ok(second.endMs <= request.endMs + 0.001);
  const { "llm_proxy.request.id": id, ...attributes } = request.attributes;
  assert.match(String(id), /^[0-9a-f]{8}$/);
  assert.deepEqual(attributes, {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "chat",
    "gen_ai.response.model": "secondary-model",
    "http.request.method": "POST",
    "http.response.status_code": 200,
    "llm_proxy.alias": "chat",
    "llm_proxy.backend": "secondary",
    "llm_proxy.ending": "complete",
    "llm_proxy.rule": "answer",
    "llm_proxy.attempts": 2,
    "llm_proxy.fallbacks": 1,
    "llm_proxy.config.revision": 1,
  });
  assert.equal(request.failed, false);
  assert.deepEqual(first.attributes, {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "primary-model",
    "http.response.status_code": 429,
    "server.address": "127.0.0.1",
    "server.port": primary.port,
    "llm_proxy.alias": "chat",
    "llm_proxy.backend": "primary",
    "llm_proxy.rule": "error code",
    "llm_proxy.action": "fallback",
    "llm_proxy.attempt.kind": "regular",
    "llm_proxy.cooled": "route",
    "error.type": "429",
  });
  assert.deepEqual([first.failed, first.message], [true, "status 429, one of error_codes"]);
  assert.equal(second.failed, false);
});

Deno.test("traces: a stream that breaks fails both of its spans", async () => {
  await using collector = startCollector();
  await using primary = await startPeer(async ({ write, close }) => {
    await write(STREAM_HEAD + chunk(CONTENT) + chunk(""));
    close();
  });
  await using program = await startTraced(chain({ primary }), collector);
  const got = await callRaw(program.url, { body: `{"model":"chat","stream":true}` });
  assert.equal(got.ending, "cut");
  for (const span of await collector.until("llm-proxy", 2)) {
    assert.equal(span.failed, true);
    assert.equal(span.attributes["error.type"], "cut");
    assert.equal(span.attributes["llm_proxy.rule"], "stream cut");
    assert.match(span.message, /without a terminal event/);
  }
});

Deno.test("traces: a caller's own trace goes on here, and its header goes on as it came", async () => {
  await using collector = startCollector();
  await using primary = await startReplier(reply(200, ANSWER));
  await using program = await startTraced(chain({ primary }), collector);
  const lines = [`TraceParent: ${TRACEPARENT}`];
  await callRaw(program.url, { body: `{"model":"chat"}`, lines });
  const spans = await collector.until("llm-proxy", 2);
  const request = spans.find(({ name }) => name === "chat chat");
  assert.equal(request?.traceId, "0af7651916cd43dd8448eb211c80319c");
  assert.equal(request?.parentSpanId, "b7ad6b7169203331");
  assert.match(primary.requests[0]?.head ?? "", new RegExp(`^TraceParent: ${TRACEPARENT}$`, "m"));
});

Deno.test("traces: a request goes out byte for byte as it does without them", async () => {
  await using collector = startCollector();
  await using primary = await startReplier(reply(200, ANSWER));
  await using home = await makeHome(chain({ primary }));
  const lines = ["Authorization: Bearer sk-canary-123456", "Content-Type: application/json"];
  const body = `{"model":"chat","stream":false}`;
  // What a stop leaves to be sent is sent, too.
  for (const env of [{}, { ...collector.env, OTEL_BSP_SCHEDULE_DELAY: "600000" }]) {
    await using program = await startProgram(["-config", home.configFile], { env });
    const answer = await callRaw(program.url, { body, lines });
    assert.equal(textOf(answer), ANSWER);
    assert.doesNotMatch(answer.lines.join("\n"), /trace|baggage/i);
    program.signal("SIGTERM");
    await program.exited;
  }
  await collector.until("llm-proxy", 2);
  const [without, traced] = primary.requests;
  assert.equal(traced?.head, without?.head);
  assert.deepEqual(traced?.body, without?.body);
  assert.doesNotMatch(traced?.head ?? "", /trace|baggage/i);
});

Deno.test("traces: no credential leaves, and no span that is not ours", async () => {
  await using collector = startCollector();
  await using primary = await startPeer(({ write, request }) =>
    write(reply(403, `{"error":"${request.target}"}`))
  );
  await using program = await startTraced(
    `backends: [{ name: primary, url: "${primary.url}", auth: inject, api_key: sk-canary-configured }]
clients: [{ name: laptop, key: sk-canary-of-the-laptop }]
default_backend: primary
models: { chat: [{ backend: primary, model: m }] }
`,
    collector,
  );
  const keys = ["key=sk-canary-of-the-laptop", "key=sk-canary-unknown"];
  for (const key of keys) {
    const target = `/v1/chat/completions?${key}`;
    await callRaw(program.url, { target, body: `{"model":"sk-canary-configured"}` });
    await callRaw(program.url, { target, lines: ["Host: u:sk-canary-host@h"], body: "{}" });
  }
  await callRaw(program.url, {
    target: `/v1/chat/completions?${keys[0]}`,
    body: `{"model":"chat"}`,
  });
  const named = (spans: Collector["spans"]) => spans.some(({ name }) => name === "chat chat");
  for (let count = 2; !named(await collector.until("llm-proxy", count)); count++);
  assert.deepEqual([...new Set(collector.spans.map(({ scope }) => scope))], ["llm-proxy"]);
  assert.ok(!collector.received.includes("canary"), "a credential was sent");
  const caller = collector.spans.find(({ name }) => name === "chat chat");
  assert.equal(caller?.attributes["llm_proxy.caller"], "laptop");
});
