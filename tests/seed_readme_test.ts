/** The seed's README, line by line: each claim it makes, held against the proxy. */
import assert from "node:assert/strict";
import { callRaw, lineValue, passedLines, textOf } from "./caller.ts";
import { always, dataFrame, headersOf, inTurn, openStream, stream } from "./contract/providers.ts";
import { chunk, reply } from "./peer.ts";
import {
  A,
  answer,
  ask,
  B,
  curl,
  CURL_BODY,
  FAILED,
  FAILING,
  modelsAsked,
  walk,
} from "./seed_calls.ts";
import { reworded } from "./seed_example.ts";
import { startSeed } from "./seed_proxy.ts";

walk("功能特性", {
  "多提供商负载均衡: routes of one priority share the load": async () => {
    const draws = [0.9, 0.1, 0.1, 0.9];
    const edit = (yaml: string) => reworded(yaml, "priority: 2", "priority: 1");
    await using seed = await startSeed({ a: A, b: B, edit, random: () => draws.shift() ?? 0 });
    assert.deepEqual([await answer(seed), await answer(seed)].sort(), ["a", "b"]);
  },
  "多对多模型别名: an alias has several backends, a backend several aliases": async () => {
    await using seed = await startSeed({ a: inTurn(FAILING, A), b: B, edit: withOppositeAlias });
    await ask(seed, "claude-opus");
    await ask(seed, "claude-haiku");
    assert.deepEqual(modelsAsked(seed.providerA), ["claude-opus-4"]);
    assert.deepEqual(modelsAsked(seed.providerB), ["abab6.5-chat", "abab6.5-mini"]);
  },
  "优先级路由: each alias has priorities of its own": async () => {
    await using seed = await startSeed({ a: A, b: B, edit: withOppositeAlias });
    assert.equal(await answer(seed, "claude-opus"), "a");
    assert.equal(await answer(seed, "claude-haiku"), "b");
  },
  "自动回退: a failing backend's successor answers": async () => {
    await using seed = await startSeed({ a: FAILING, b: B });
    assert.equal(await answer(seed), "b");
    assert.equal(seed.providerA.requests.length, 1);
  },
  "冷却机制: a failed backend is left alone for 5 minutes": async () => {
    await using seed = await startSeed({ a: inTurn(FAILING, A), b: B });
    assert.equal(await answer(seed), "b");
    seed.pass(299);
    assert.equal(await answer(seed), "b");
    assert.equal(seed.providerA.requests.length, 1);
    seed.pass(1);
    assert.equal(await answer(seed), "a");
  },
  "完全透传: the request's headers and body arrive as sent, with nothing added": async () => {
    await using seed = await startSeed({ a: A });
    const own = [
      "X-Custom: a  b",
      "Cookie: session=1",
      "Anthropic-Beta: x,y",
      "Accept-Encoding: br",
    ];
    const body = `{ "temperature":0.10, "model" : "claude-opus", "n": 12345678901234567890 }`;
    await callRaw(seed.url, { target: "/v1/messages?beta=true", lines: own, body });
    const [request] = seed.providerA.requests;
    assert.equal(request?.target, "/v1/messages?beta=true");
    assert.deepEqual(headersOf(request), {
      "x-custom": "a  b",
      "cookie": "session=1",
      "anthropic-beta": "x,y",
      "accept-encoding": "br",
    });
    const sent = new TextDecoder().decode(request.body);
    assert.equal(sent, body.replace("claude-opus", "claude-opus-4"));
  },
  "完全透传: the reply's status, headers and body arrive as sent, with nothing added": async () => {
    const headers = { "X-Request-Id": "r1", "Server": "provider", "Set-Cookie": "a=1" };
    const refusal = reply(418, `{"error":  "teapot"}`, headers);
    await using seed = await startSeed({ a: always(refusal) });
    const got = await ask(seed);
    assert.equal(got.status, 418);
    assert.equal(textOf(got), `{"error":  "teapot"}`);
    assert.deepEqual(passedLines(got), [
      "content-type: application/json",
      "X-Request-Id: r1",
      "Server: provider",
      "Set-Cookie: a=1",
    ]);
  },
  "SSE 流式: an event is passed on before the next one exists": async () => {
    const [first, second] = ["Hello", " world"].map((content) => {
      return dataFrame({ choices: [{ index: 0, delta: { content } }] });
    });
    const backend = openStream(first!);
    await using seed = await startSeed({ a: backend.script });
    const response = await fetch(`${seed.url}/chat/completions`, {
      method: "POST",
      body: CURL_BODY,
    });
    const events = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await events.read()).value, first);
    const { write } = await backend.exchange;
    await write(chunk(second!));
    assert.equal((await events.read()).value, second);
    await write(chunk("data: [DONE]\n\n") + chunk(""));
    assert.equal((await events.read()).value, "data: [DONE]\n\n");
    assert.equal((await events.read()).done, true);
  },
  "配置热加载: the request after a change follows it, without a restart": async () => {
    await using seed = await startSeed({ a: A });
    await ask(seed);
    await seed.save(reworded(seed.yaml, "claude-opus-4", "claude-opus-5"));
    await ask(seed);
    assert.deepEqual(modelsAsked(seed.providerA), ["claude-opus-4", "claude-opus-5"]);
  },
  "详细日志: each request has a file of its own": async () => {
    await using seed = await startSeed({ a: A });
    for (const model of ["claude-opus", "no-such", "claude-opus"]) await ask(seed, model);
    assert.equal((await seed.logs("requests")).length, 3);
  },
});

walk("客户端使用", {
  "the curl line as printed gets a stream": async () => {
    const events = ["data: {}\n\n", "data: [DONE]\n\n"];
    await using seed = await startSeed({ a: stream(events) });
    const got = await curl(seed);
    assert.deepEqual([got.status, got.ending], [200, "whole"]);
    assert.match(lineValue(got, "content-type") ?? "", /^text\/event-stream/);
    assert.equal(textOf(got), events.join(""));
    const [request] = seed.providerA.requests;
    assert.equal(request?.target, "/v1/chat/completions");
    assert.deepEqual(headersOf(request), {
      "user-agent": "curl/8.14.1",
      "accept": "*/*",
      "authorization": "Bearer sk-your-key",
      "content-type": "application/json",
    });
  },
  "1. claude-opus becomes the backend's model, and nothing else changes": async () => {
    await using seed = await startSeed({ a: A });
    await curl(seed);
    const sent = new TextDecoder().decode(seed.providerA.requests[0]?.body);
    assert.equal(sent, CURL_BODY.replace("claude-opus", "claude-opus-4"));
  },
  "2. the available backend of the best priority is chosen": async () => {
    await using seed = await startSeed({ a: A, b: B });
    assert.equal(textOf(await curl(seed)), `{"from":"a"}`);
    assert.equal(seed.providerB.connections, 0);
  },
  "3. after a failure the next backend is asked": async () => {
    await using seed = await startSeed({ a: FAILING, b: B });
    assert.equal(textOf(await curl(seed)), `{"from":"b"}`);
  },
});

walk("日志", {
  "logs/requests/: the whole request, headers and body": async () => {
    await using seed = await startSeed({ a: A });
    await curl(seed);
    const [log = ""] = await seed.logs("requests");
    assert.match(log, /^POST \/chat\/completions$/m);
    assert.match(log, /^Content-Type: application\/json$/m);
    assert.match(log, /^User-Agent: curl\/8\.14\.1$/m);
    assert.match(log, /^Authorization: Bearer /m);
    assert.ok(log.includes(CURL_BODY));
  },
  "logs/errors/: the details of a failure, and of nothing else": async () => {
    await using seed = await startSeed({ a: inTurn(A, FAILING), b: B });
    await ask(seed);
    assert.deepEqual(await seed.logs("errors"), []);
    await ask(seed);
    const [log = "", ...others] = await seed.logs("errors");
    assert.equal(others.length, 0);
    assert.match(log, /^== attempt 1: provider-a \(claude-opus-4\)$/m);
    assert.match(log, /^outcome +status 503$/m);
    assert.ok(log.includes(FAILED));
  },
  "logs/proxy.log: what was routed where": async () => {
    await using seed = await startSeed({ a: FAILING, b: B });
    await ask(seed);
    const [failed = "", , answered = ""] = await seed.generalLog();
    assert.match(
      failed,
      / WARN +provider-a \(claude-opus-4\): error code: status 503.* cools for 300 s/,
    );
    assert.match(answered, / INFO +POST .* claude-opus -> provider-b \(abab6\.5-chat\) 200/);
  },
});

/** The README's second kind of alias: the same backends the other way round. */
function withOppositeAlias(yaml: string): string {
  const alias = `  "claude-haiku":
    - { backend: "provider-a", model: "claude-haiku-4", priority: 2 }
    - { backend: "provider-b", model: "abab6.5-mini", priority: 1 }

# 回退配置`;
  return reworded(yaml, "\n# 回退配置", alias);
}
