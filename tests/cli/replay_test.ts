import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { replay, type ReplayArguments } from "../../lib/cli/replay.ts";
import { callRaw, type RawRequest, textOf } from "../caller.ts";
import { startHttpProxy } from "../forward_proxy.ts";
import { CLOSED_PORT, type Peer, reply, type Script, startPeer } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";

const KEY = "sk-canary-0123456789abcdef";
const OURS = "sk-ours-0123456789abcdef";

interface Stage extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly peer: Peer;
  /** The log of a request that has been made. */
  logOf(request: RawRequest): Promise<string>;
  run(
    given: Partial<ReplayArguments> & { readonly log: string; readonly key?: string },
  ): Promise<{ code: number; out: string; err: string; body: string }>;
}

async function startStage(
  script: Script,
  { backend = "auth: passthrough", settings = "" } = {},
): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  const peer = stack.use(await startPeer(script));
  const yaml = `backends: [{ name: one, url: "${peer.url}/v1", ${backend} }]
models: { chat: [{ backend: one, model: real }] }
fallback: { stored_ids_file: "" }
${settings}`;
  const proxy = stack.use(await startProxy(yaml));
  const config = join(proxy.directory, "replay.yaml");
  const { host } = new URL(proxy.url);
  await Deno.writeTextFile(config, `listen: "${host}"\n${yaml}`);
  return {
    proxy,
    peer,
    async logOf(request) {
      // Logs are in the order of their names, which begin with the time.
      proxy.pass(1);
      await callRaw(proxy.url, request);
      return (await proxy.logs()).at(-1) ?? assert.fail("no log");
    },
    async run({ log, key, ...given }) {
      const file = join(proxy.directory, "request.log");
      await Deno.writeTextFile(file, log);
      const lines = { out: [] as string[], err: [] as string[], chunks: [] as Uint8Array[] };
      const code = await replay({ file, config, backend: undefined, curl: false, ...given }, {
        out: (line) => lines.out.push(line),
        err: (line) => lines.err.push(line),
        write: (chunk) => Promise.resolve(void lines.chunks.push(chunk)),
        env: (name) => name === "LLM_PROXY_KEY" ? key : undefined,
      });
      const body = lines.chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
      return { code, out: lines.out.join("\n"), err: lines.err.join("\n"), body };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const ANSWER = `{"choices":[{"message":{"content":"Servus"}}]}`;
const answering: Script = ({ write }) => write(reply(200, ANSWER));
const CALL: RawRequest = {
  target: "/v1/chat/completions?a=1",
  lines: ["Content-Type: application/json", `Authorization: Bearer ${KEY}`, "X-Odd: Yes"],
  body: `{ "model":"chat", "messages":[{"role":"user","content":"Grüß Gott\\n== ending"}] }`,
};

Deno.test("replay() sends the same bytes to the proxy, with the key of the environment", async () => {
  await using stage = await startStage(answering);
  const log = await stage.logOf(CALL);
  const { code, body, err } = await stage.run({ log, key: OURS });
  assert.deepEqual([code, body], [0, ANSWER], err);
  const [first, again] = stage.peer.requests;
  assert.ok(first !== undefined && again !== undefined);
  assert.deepEqual([again.method, again.target], [first.method, first.target]);
  assert.equal(textOf(again), textOf(first));
  const without = ({ headers }: { headers: readonly (readonly [string, string])[] }) =>
    headers.filter(([name]) => !/^(?:host|connection|authorization)$/i.test(name))
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort();
  assert.deepEqual(without(again), without(first));
  assert.match(again.head, new RegExp(`^authorization: Bearer ${OURS}$`, "im"));
  assert.doesNotMatch(again.head, /canary|\*\*\*\*/);
});

Deno.test("replay() sends no credential of the log's where there is no other", async () => {
  await using stage = await startStage(answering);
  const log = await stage.logOf({ ...CALL, target: `/v1/chat/completions?key=${KEY}&b=2` });
  const { err } = await stage.run({ log });
  assert.match(err, /No key is sent: set LLM_PROXY_KEY/);
  const again = stage.peer.requests.at(-1);
  assert.equal(again?.target, "/v1/chat/completions?b=2");
  assert.doesNotMatch(again?.head ?? "", /authorization|canary|\*\*\*\*/i);
});

Deno.test("replay() -backend sends to that backend, with its key and its model", async () => {
  await using stage = await startStage(answering, {
    backend: "auth: inject, api_key: sk-own-1234",
  });
  const log = await stage.logOf(CALL);
  const { code } = await stage.run({ log, backend: "one" });
  assert.equal(code, 0);
  const again = stage.peer.requests.at(-1);
  assert.match(again?.head ?? "", /^authorization: Bearer sk-own-1234$/im);
  assert.equal(textOf(again ?? assert.fail()), String(CALL.body).replace("chat", "real"));
  const { err } = await stage.run({ log, backend: "two" });
  assert.match(err, /cannot be sent again: there is no backend "two"; there are "one"\.$/);
});

Deno.test("replay() shows no key of the configuration that a backend says back", async () => {
  const plain = "canary of plain words".replaceAll(" ", "-");
  const echo = reply(200, `{"ok":1}`, { "X-You-Sent": plain });
  await using stage = await startStage(({ write }) => write(echo), {
    backend: `auth: inject, api_key: ${plain}`,
  });
  const log = await stage.logOf({ body: `{"model":"chat"}` });
  const { code, err } = await stage.run({ log, backend: "one" });
  assert.equal(code, 0, err);
  assert.match(err, /x-you-sent/i);
  assert.ok(!err.includes(plain), err);
});

Deno.test("replay() hands a stream over as it comes and tells of a cut", async () => {
  const script: Script = async ({ write, close, index }) => {
    await write(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
        `40\r\ndata: {"choices":[{"index":0,"delta":{"content":"Servus"}}]}  \n\n\r\n`,
    );
    if (index > 0) return close();
    await write(`e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n`);
  };
  await using stage = await startStage(script);
  const log = await stage.logOf({ ...CALL, body: `{"model":"chat","stream":true}` });
  const { code, body, err } = await stage.run({ log, backend: "one", key: OURS });
  assert.equal(code, 1);
  assert.match(body, /Servus/);
  assert.match(err, /^Broken: the reply broke off: /m);
});

Deno.test("replay() says why a body cannot be sent again", async () => {
  await using stage = await startStage(answering, { settings: "logging: { max_body_kb: 0.1 }" });
  const masked = await stage.logOf({ ...CALL, body: `{"model":"chat","k":"${KEY}"}` });
  assert.match((await stage.run({ log: masked })).err, /credentials stood in its body/);
  const long = await stage.logOf({ ...CALL, body: `{"model":"chat","k":"${"x".repeat(999)}"}` });
  assert.match((await stage.run({ log: long })).err, /truncated to 102 bytes .*max_body_kb/);
  for (const log of ["", "some text\n", long.slice(0, 300)]) {
    const { code, err } = await stage.run({ log });
    assert.equal(code, 1);
    assert.match(err, /cannot be sent again: it is no whole request log\.$/);
  }
});

Deno.test("replay() sends decoded what was compressed, and says so", async () => {
  await using stage = await startStage(answering);
  const lines = [...CALL.lines ?? [], "Content-Encoding: gzip"];
  const log = await stage.logOf({ ...CALL, lines, body: gzipSync(String(CALL.body)) });
  const { code, err } = await stage.run({ log, key: OURS });
  assert.equal(code, 0, err);
  assert.match(err, /^The body was decoded from gzip; it is sent decoded\.$/m);
  assert.doesNotMatch(stage.peer.requests.at(-1)?.head ?? "", /content-encoding/i);
});

Deno.test("replay() -curl prints a line that does the same, without a key in it", async () => {
  await using stage = await startStage(answering);
  const log = await stage.logOf({ ...CALL, body: `{"model":"chat","t":"it's $HOME \\\\ \`x\`"}` });
  const { code, out } = await stage.run({ log, curl: true, key: OURS });
  assert.equal(code, 0);
  assert.ok(!out.includes(OURS) && out.includes(`"$LLM_PROXY_KEY"`), out);
  const shell = new Deno.Command("sh", { args: ["-c", out], env: { LLM_PROXY_KEY: OURS } });
  assert.equal(new TextDecoder().decode((await shell.output()).stdout), ANSWER);
  const [first, again] = stage.peer.requests;
  assert.equal(textOf(again ?? assert.fail()), textOf(first ?? assert.fail()));
  assert.match(again?.head ?? "", new RegExp(`^authorization: Bearer ${OURS}$`, "im"));
});

Deno.test("replay() tells of a proxy that does not run", async () => {
  await using stage = await startStage(answering);
  const log = await stage.logOf(CALL);
  const config = join(stage.proxy.directory, "off.yaml");
  await Deno.writeTextFile(
    config,
    `listen: "127.0.0.1:${CLOSED_PORT}"
backends: [{ name: one, url: "http://h" }]
models: { chat: [{ backend: one, model: real }] }
`,
  );
  const { code, err } = await stage.run({ log, config, key: OURS });
  assert.equal(code, 1);
  assert.match(err, /^Broken: connect_failed \(/m);
});

Deno.test("replay -backend goes through the environment's proxy, as the proxy does", async () => {
  await using stage = await startStage(({ write }) => write(reply(200, '{"ok":1}')));
  await using way = await startHttpProxy({ port: stage.peer.port });
  const log = await stage.logOf({ target: "/v1/chat/completions", body: '{"model":"chat"}' });
  const file = join(stage.proxy.directory, "request.log");
  const config = join(stage.proxy.directory, "behind.yaml");
  await Deno.writeTextFile(file, log);
  await Deno.writeTextFile(
    config,
    `backends: [{ name: one, url: "http://backend.example/v1" }]
models: { chat: [{ backend: one, model: real }] }
`,
  );
  const args = { file, config, backend: "one", curl: false };
  const nothing = { out() {}, err() {}, write: () => Promise.resolve() };
  const env = (name: string) => name === "HTTP_PROXY" ? `http://${way.address}` : undefined;
  assert.equal(await replay(args, { ...nothing, env }), 0);
  assert.match(way.asked[0] ?? "", /^CONNECT backend\.example:80 /);
});
