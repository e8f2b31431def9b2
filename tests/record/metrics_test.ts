import assert from "node:assert/strict";
import { metricsPage } from "../../lib/admin/metrics_route.ts";
import type { Entry } from "../../lib/record/entry.ts";
import { METRIC_SHAPES } from "../../lib/record/metric_shapes.ts";
import { callRaw, connectTo, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, CONTENT, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { samplesIn, samplesOf } from "./samples.ts";

const ASK = { body: `{"model":"chat"}` };
const ASK_STREAM = { body: `{"model":"chat","stream":true}` };
const ANSWER = `{"choices":[{"message":{"content":"Hi"}}]}`;

async function samples({ state }: TestProxy, name: string): Promise<[string, number][]> {
  return samplesOf(samplesIn(await state.metrics.text()), name);
}

Deno.test("Metrics count a fallback: the request, its attempts, why, and what cools", async () => {
  await using primary = await startReplier(reply(429, "{}"));
  await using secondary = await startReplier(reply(200, ANSWER));
  await using proxy = await startProxy(chain({ primary, secondary }));
  await callRaw(proxy.url, ASK);
  assert.deepEqual(await samples(proxy, "llm_proxy_requests_total"), [
    [`{alias="chat",dialect="openai",ending="complete",status_class="2xx"}`, 1],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_attempts_total"), [
    [`{alias="chat",backend="primary",outcome="4xx",rule="error code"}`, 1],
    [`{alias="chat",backend="secondary",outcome="2xx",rule="answer"}`, 1],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_fallbacks_total"), [
    [`{alias="chat",from_backend="primary",rule="error code"}`, 1],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_cooldowns_total"), [
    [`{backend="primary",scope="route"}`, 1],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_cooling_routes"), [
    [`{backend="primary"}`, 1],
    [`{backend="secondary"}`, 0],
  ]);
  proxy.pass(300);
  assert.deepEqual(await samples(proxy, "llm_proxy_cooling_routes"), [
    [`{backend="primary"}`, 0],
    [`{backend="secondary"}`, 0],
  ]);
});

Deno.test("Metrics count bytes, times and a fault by its code", async () => {
  await using primary = await startPeer(({ reset }) => reset());
  await using secondary = await startReplier(reply(200, ANSWER));
  await using proxy = await startProxy(chain({ primary, secondary }));
  await callRaw(proxy.url, ASK);
  const all = samplesIn(await proxy.state.metrics.text());
  assert.equal(all.get("llm_proxy_request_bytes_total"), ASK.body.length);
  assert.equal(all.get("llm_proxy_response_bytes_total"), ANSWER.length);
  const faults = await samples(proxy, "llm_proxy_attempts_total");
  assert.deepEqual(faults[0], [
    `{alias="chat",backend="primary",outcome="connection_lost",rule="connection lost"}`,
    1,
  ]);
  for (const name of ["time_to_head", "time_to_first_content"]) {
    assert.deepEqual(await samples(proxy, `llm_proxy_${name}_seconds_count`), [
      [`{alias="chat",backend="secondary"}`, 1],
    ]);
  }
  assert.deepEqual(await samples(proxy, "llm_proxy_request_duration_seconds_count"), [
    [`{alias="chat"}`, 1],
  ]);
});

Deno.test("Metrics measure an answer from the start of its own attempt, a request from its arrival", async () => {
  const waiting = Promise.withResolvers<void>();
  await using primary = await startPeer(async ({ write }) => {
    await waiting.promise;
    await write(reply(503, "{}"));
  });
  await using secondary = await startReplier(reply(200, ANSWER));
  await using proxy = await startProxy(chain({ primary, secondary }));
  const asked = callRaw(proxy.url, ASK);
  await primary.seen(0);
  proxy.pass(7);
  waiting.resolve();
  await asked;
  const all = samplesIn(await proxy.state.metrics.text());
  assert.equal(all.get(`llm_proxy_request_duration_seconds_sum{alias="chat"}`), 7);
  const labels = `alias="chat",backend="secondary"`;
  assert.equal(all.get(`llm_proxy_time_to_head_seconds_sum{${labels}}`), 0);
  assert.equal(all.get(`llm_proxy_time_to_first_content_seconds_sum{${labels}}`), 0);
});

Deno.test("Metrics show what is under way, and what breaks after it has begun", async () => {
  const cut = Promise.withResolvers<void>();
  await using primary = await startPeer(async ({ write, reset }) => {
    await write(STREAM_HEAD + chunk(CONTENT));
    await cut.promise;
    reset();
  });
  await using proxy = await startProxy(chain({ primary }));
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes(ASK_STREAM));
  await caller.until("Hello");
  assert.deepEqual(await samples(proxy, "llm_proxy_in_flight_requests"), [["", 1]]);
  assert.deepEqual(await samples(proxy, "llm_proxy_backend_in_flight"), [
    [`{backend="primary"}`, 1],
  ]);
  cut.resolve();
  await caller.reply();
  assert.deepEqual(await samples(proxy, "llm_proxy_in_flight_requests"), [["", 0]]);
  assert.deepEqual(await samples(proxy, "llm_proxy_backend_in_flight"), [
    [`{backend="primary"}`, 0],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_late_failures_total"), [
    [`{alias="chat",backend="primary",rule="stream cut"}`, 1],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_requests_total"), [
    [`{alias="chat",dialect="openai",ending="cut",status_class="2xx"}`, 1],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_cooldowns_total"), [
    [`{backend="primary",scope="route"}`, 1],
  ]);
});

Deno.test("Metrics have no label that a caller chose", async () => {
  await using primary = await startReplier(reply(200, ANSWER));
  await using proxy = await startProxy(chain({ primary }, "default_backend: primary"));
  for (const model of [`canary`, `canary\\"} 1\\ncanary`, `__proto__`, `constructor`]) {
    await callRaw(proxy.url, { body: `{"model":"${model}"}` });
  }
  await callRaw(proxy.url, { body: `{"model":canary` });
  await callRaw(proxy.url, { method: "GET", target: "/canary?canary=1", lines: ["canary: 1"] });
  const text = await proxy.state.metrics.text();
  assert.doesNotMatch(text, /canary|__proto__|constructor/i);
  assert.deepEqual(await samples(proxy, "llm_proxy_requests_total"), [
    [`{alias="other",dialect="openai",ending="complete",status_class="2xx"}`, 5],
    [`{alias="other",dialect="openai",ending="complete",status_class="4xx"}`, 1],
  ]);
});

Deno.test("Metrics drop names that have left the configuration, requests under way included", async () => {
  const waiting = Promise.withResolvers<void>();
  await using leaving = await startPeer(async ({ index, write }) => {
    if (index > 0) await waiting.promise;
    await write(reply(200, ANSWER));
  });
  await using staying = await startReplier(reply(200, ANSWER));
  const rest = `  old: [{ backend: leaving, model: m }]`;
  await using proxy = await startProxy(chain({ staying, leaving }, rest));
  await callRaw(proxy.url, ASK);
  await callRaw(proxy.url, { body: `{"model":"old"}` });
  assert.match(await proxy.state.metrics.text(), /alias="old"/);
  const late = callRaw(proxy.url, { body: `{"model":"old"}` });
  await leaving.seen(1);
  await proxy.configure(chain({ staying }));
  waiting.resolve();
  await late;
  assert.doesNotMatch(await proxy.state.metrics.text(), /"old"|"leaving"/);
  assert.deepEqual(await samples(proxy, "llm_proxy_attempts_total"), [
    [`{alias="chat",backend="staying",outcome="2xx",rule="answer"}`, 1],
    [`{alias="other",backend="other",outcome="2xx",rule="answer"}`, 1],
  ]);
  assert.deepEqual(await samples(proxy, "llm_proxy_config_revision"), [["", 2]]);
});

Deno.test("Metrics count tokens where a record tells of them", async () => {
  await using primary = await startReplier(reply(200, ANSWER));
  await using proxy = await startProxy(chain({ primary }));
  const ended = Promise.withResolvers<Entry>();
  proxy.state.journal.watch({ onAttempt: () => {}, onEnd: ended.resolve });
  await callRaw(proxy.url, ASK);
  const usage = { inputTokens: 12, outputTokens: 5, cachedTokens: 8, reasoningTokens: undefined };
  proxy.state.metrics.onEnd(Object.create(await ended.promise, { usage: { value: usage } }));
  assert.deepEqual(await samples(proxy, "llm_proxy_tokens_total"), [
    [`{alias="chat",backend="primary",kind="cached"}`, 8],
    [`{alias="chat",backend="primary",kind="input"}`, 12],
    [`{alias="chat",backend="primary",kind="output"}`, 5],
  ]);
});

Deno.test("Metrics count records that were lost and configurations that were refused", async () => {
  await using primary = await startReplier(reply(200, ANSWER));
  const logging = `logging: { request_dir: "config.yaml/inside-a-file" }`;
  await using proxy = await startProxy(chain({ primary }, logging));
  await Deno.writeTextFile(`${proxy.directory}/config.yaml`, "a file");
  await callRaw(proxy.url, ASK);
  await proxy.state.journal.flush();
  proxy.state.metrics.reloadFailed();
  const all = samplesIn(await proxy.state.metrics.text());
  assert.equal(all.get(`llm_proxy_records_lost_total{record="request_log"}`), 1);
  assert.equal(all.get(`llm_proxy_config_reload_errors_total`), 1);
});

Deno.test("metricsPage() has every metric there is, each with its type, help and unit", async () => {
  await using primary = await startReplier(reply(200, ANSWER));
  await using proxy = await startProxy(chain({ primary }));
  await callRaw(proxy.url, ASK);
  const { status, headers, body } = await metricsPage(proxy.state);
  assert.equal(status, 200);
  assert.deepEqual(headers, [["content-type", "text/plain; version=0.0.4; charset=utf-8"]]);
  const text = new TextDecoder().decode(body);
  const told = [...text.matchAll(/^# TYPE (\S+) (?:counter|gauge|histogram)$/gm)];
  const shapes = Object.values(METRIC_SHAPES);
  assert.deepEqual(told.map(([, name]) => name).sort(), shapes.map(({ name }) => name).sort());
  for (const { name, help } of shapes) assert.ok(text.includes(`# HELP ${name} ${help}\n`), name);
  const all = samplesIn(text);
  assert.equal(samplesOf(all, "llm_proxy_build_info").length, 1);
  assert.ok((all.get("process_cpu_seconds_total") ?? 0) > 0);
  assert.ok((all.get("process_resident_memory_bytes") ?? 0) > 10_000_000);
  assert.ok(Math.abs((all.get("process_start_time_seconds") ?? 0) - Date.now() / 1000) < 3600);
});
