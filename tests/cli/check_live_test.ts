/** `llm-proxy check -live`: what it sends to each backend, and what it says of the answers. */
import assert from "node:assert/strict";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { checkLive } from "../../lib/cli/check_live.ts";
import type { Stop } from "../../lib/cli/signals.ts";
import { runProgram, spawnProgram } from "../blackbox/program.ts";
import { AUTHORITY, KEY as KEY_FILE, RIGHT } from "../faults/certificates.ts";
import { startHttpProxy } from "../forward_proxy.ts";
import {
  chunk,
  CLOSED_PORT,
  type Exchange,
  type Peer,
  reply,
  type Script,
  startPeer,
  STREAM_HEAD,
} from "../peer.ts";

const KEY = "sk-canary-ours-0123456789abcdef";
const CALLERS = "sk-canary-callers-0123456789abcdef";

interface Row {
  readonly alias: string;
  readonly backend: string;
  readonly model: string;
  readonly format: string;
  readonly state: string;
  readonly reachable: boolean | null;
  readonly keyAccepted: boolean | null;
  readonly modelKnown: boolean | null;
  readonly streams: boolean | null;
  readonly firstContentMs: number | null;
  readonly modelNamed: string | null;
  readonly namesOther: boolean;
  readonly why: string;
}

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
  readonly first?: Promise<Stop>;
  readonly json?: boolean;
  readonly progress?: boolean;
}

const QUIET = `listen: "127.0.0.1:0"
logging: { request_dir: "", error_dir: "", general_file: "" }
history: { file: "" }
fallback: { stored_ids_file: "" }
`;

/** The command on a configuration: its exit status, and all that it printed. */
async function run(yaml: string, { env = {}, first, ...given }: Given = {}) {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-live-" });
  const config = join(directory, "config.yaml");
  await Deno.writeTextFile(config, `${yaml}${QUIET}`);
  const [out, err]: string[][] = [[], []];
  const screen = {
    out: (line: string) => void out?.push(line),
    err: (line: string) => void err?.push(line),
    write: () => {},
    coloured: false,
  };
  const never = new Promise<Stop>(() => {});
  const signals = { first: first ?? never, dispose: () => {} };
  const options = { config, json: false, progress: false, ...given };
  try {
    const code = await checkLive({ ...options, env: (name) => env[name], signals }, screen);
    const [shown = "", told = ""] = [out, err].map((lines) => lines?.join("\n"));
    for (const key of [KEY, CALLERS]) assert.ok(!`${shown}${told}`.includes(key), shown);
    return { code, out: shown, err: told };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** The same with `-json`, read. */
async function data(yaml: string, given: Given = {}) {
  const { code, out, err } = await run(yaml, { ...given, json: true });
  const read = JSON.parse(out) as {
    readonly sent: Readonly<Record<string, number>>;
    readonly stopped: boolean;
    readonly routes: readonly Row[];
    readonly backends: readonly { readonly models: string[] | null; readonly unused: string[] }[];
  };
  const [row] = read.routes;
  return { code, err, ...read, row: row ?? assert.fail("no route") };
}

/** A backend's configuration with one alias of one route. */
function one(url: string, { model = "gpt-4o", more = `auth: inject, api_key: "${KEY}"` } = {}) {
  return `backends: [{ name: one, url: "${url}", ${more} }]
models: { chat: [{ backend: one, model: "${model}" }] }
`;
}

const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;

/** What each format streams when all is well. */
const STREAMS: Readonly<Record<string, (model: string) => string>> = {
  openai_chat: (model) =>
    event({ model, choices: [{ index: 0, delta: { content: "ok" } }] }) +
    event({ model, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }) +
    "data: [DONE]\n\n",
  openai_responses: (model) =>
    `event: response.created\n${event({ type: "response.created", response: { model } })}` +
    `event: response.output_text.delta\n${
      event({ type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "ok" })
    }event: response.completed\n${
      event({ type: "response.completed", response: { model, status: "completed", output: [] } })
    }`,
  anthropic: (model) =>
    [
      {
        type: "message_start",
        message: { type: "message", role: "assistant", model, content: [] },
      },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "ok" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 1 } },
      { type: "message_stop" },
    ].map((data) => `event: ${data.type}\n${event(data)}`).join(""),
  gemini: (modelVersion) =>
    event({
      modelVersion,
      candidates: [{ index: 0, content: { parts: [{ text: "ok" }] }, finishReason: "STOP" }],
    }),
};

/** A backend that streams a format, and lists models. */
function backend(
  format = "openai_chat",
  { named = "gpt-4o", lists }: { readonly named?: string; readonly lists?: readonly string[] } = {},
): Promise<Peer> {
  return startPeer(async (exchange) => {
    if (exchange.request.method === "GET") return await list(exchange, lists ?? [named]);
    const text = STREAMS[format]?.(named) ?? assert.fail(format);
    await exchange.write(STREAM_HEAD + chunk(text) + chunk(""));
  });
}

function list({ write }: Exchange, ids: readonly string[]): Promise<void> {
  return write(reply(200, JSON.stringify({ data: ids.map((id) => ({ id })) })));
}

/** A backend that answers every call as given, and lists nothing. */
function answering(status: number, body: string, headers = {}): Promise<Peer> {
  return startPeer(async ({ request, write }) => {
    await write(request.method === "GET" ? reply(404, "{}") : reply(status, body, headers));
  });
}

const sentBody = ({ requests }: Peer, at = 0) =>
  JSON.parse(new TextDecoder().decode(requests[at]?.body));
const headerOf = ({ requests }: Peer, name: string, at = 0) =>
  requests[at]?.headers.find(([other]) => other.toLowerCase() === name)?.[1];

Deno.test("check -live says first what it sends and what it may cost, then a row a route", async () => {
  await using peer = await backend();
  const { code, out } = await run(one(peer.url));
  assert.equal(code, 0);
  const lines = out.split("\n");
  assert.equal(
    lines[0],
    "Sends 1 request of a few words, at most 30 tokens in and 16 out in all, which cost what their " +
      "backends charge; and asks 1 backend for the list of models.",
  );
  assert.match(
    lines[1] ?? "",
    /^Each route is asked in one format, which the table names: .*Codex/,
  );
  assert.match(
    lines[3] ?? "",
    /^alias\s+backend \(model\)\s+format\s+reached\s+key\s+model\s+streams/,
  );
  assert.match(
    lines[4] ?? "",
    /^chat\s+one \(gpt-4o\)\s+openai_chat\s+yes\s+yes\s+yes\s+yes\s+\d+ ms\s+gpt-4o$/,
  );
  assert.deepEqual(lines.slice(5), [
    "",
    "one offers nothing that no alias uses.",
    "",
    "1 well, 0 failed.",
  ]);
  assert.equal(peer.requests.length, 2);
});

Deno.test("check -live -json gives the same as data", async () => {
  await using peer = await backend();
  const { code, sent, stopped, row, err } = await data(one(peer.url));
  assert.equal(code, 0);
  assert.deepEqual([sent, stopped], [{ requests: 1, mostInput: 30, mostOutput: 16 }, false]);
  const { firstContentMs, ...rest } = row;
  assert.ok(typeof firstContentMs === "number");
  assert.deepEqual(rest, {
    alias: "chat",
    backend: "one",
    model: "gpt-4o",
    format: "openai_chat",
    state: "well",
    reachable: true,
    keyAccepted: true,
    modelKnown: true,
    streams: true,
    modelNamed: "gpt-4o",
    namesOther: false,
    why: "",
  });
  assert.match(err, /^Sends 1 request/);
});

/** A route of each format: the backend's own words, and what must be sent. */
const FORMATS = [
  {
    format: "openai_chat",
    model: "gpt-4o",
    target: "/v1/chat/completions",
    key: ["authorization", `Bearer ${KEY}`],
    body: { model: "gpt-4o", stream: true, max_tokens: 16 },
  },
  {
    format: "openai_chat",
    model: "gpt-5-mini",
    target: "/v1/chat/completions",
    key: ["authorization", `Bearer ${KEY}`],
    body: { model: "gpt-5-mini", stream: true, max_completion_tokens: 1024 },
  },
  {
    format: "openai_chat",
    model: "openai/o3",
    target: "/v1/chat/completions",
    key: ["authorization", `Bearer ${KEY}`],
    body: { model: "openai/o3", stream: true, max_completion_tokens: 1024 },
  },
  {
    format: "openai_chat",
    model: "deepseek-reasoner",
    target: "/v1/chat/completions",
    key: ["authorization", `Bearer ${KEY}`],
    body: { model: "deepseek-reasoner", stream: true, max_tokens: 1024 },
  },
  {
    format: "openai_responses",
    model: "gpt-5-codex",
    target: "/v1/responses",
    key: ["authorization", `Bearer ${KEY}`],
    body: { model: "gpt-5-codex", stream: true, max_output_tokens: 1024, store: false },
  },
  {
    format: "anthropic",
    dialect: "anthropic",
    model: "claude-sonnet-4",
    target: "/v1/messages",
    key: ["x-api-key", KEY],
    body: { model: "claude-sonnet-4", stream: true, max_tokens: 16 },
  },
  {
    format: "gemini",
    dialect: "gemini",
    model: "gemini-2.0-flash",
    target: "/v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse",
    key: ["x-goog-api-key", KEY],
    body: { generationConfig: { maxOutputTokens: 16 } },
  },
  {
    format: "azure",
    dialect: "azure",
    model: "my-gpt",
    target: "/openai/deployments/my-gpt/chat/completions?api-version=2024-12-01-preview",
    key: ["api-key", KEY],
    body: { stream: true, max_tokens: 16 },
  },
] as const;

for (const { format, model, target, key: [header, value], body, ...rest } of FORMATS) {
  Deno.test(`check -live asks ${model} in ${format}, its key where that wants it`, async () => {
    const dialect = "dialect" in rest ? rest.dialect : "openai";
    const stream = format === "azure" ? "openai_chat" : format;
    await using peer = await backend(stream, { named: model });
    const more = `auth: inject, api_key: "${KEY}", dialect: ${dialect}`;
    const { code, row } = await data(one(peer.url, { model, more }));
    assert.deepEqual([code, row.format, row.why], [0, format, ""]);
    assert.equal(row.modelNamed, model);
    assert.equal(peer.requests[0]?.target, target);
    assert.equal(headerOf(peer, header), value);
    const sent = sentBody(peer);
    for (const [name, wanted] of Object.entries(body)) assert.deepEqual(sent[name], wanted, name);
  });
}

/** A backend's answer, and what is known after it: reached, key, model, streams. */
const FAILURES: Readonly<
  Record<string, readonly [() => Promise<Peer>, readonly (boolean | null)[], RegExp]>
> = {
  "a key that is refused": [
    () =>
      answering(
        401,
        `{"error":{"message":"Incorrect API key provided: ${KEY}","code":"invalid_api_key"}}`,
      ),
    [true, false, null, null],
    /status 401.*Incorrect API key provided.*POST http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions/,
  ],
  "a model that is not known": [
    () =>
      answering(
        404,
        `{"error":{"message":"The model 'gpt-4o' does not exist","code":"model_not_found"}}`,
      ),
    [true, true, false, null],
    /status 404.*does not exist/,
  ],
  "no money left": [
    () =>
      answering(429, `{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}`),
    [true, true, null, null],
    /status 429/,
  ],
  "a path that is not there": [
    () => answering(404, "<html>nginx</html>", { "content-type": "text/html" }),
    [true, null, null, null],
    /status 404/,
  ],
  "an answer in one piece": [
    () => answering(200, `{"model":"gpt-4o","choices":[{"message":{"content":"ok"}}]}`),
    [true, true, true, false],
    /in one piece, though a stream was asked for/,
  ],
  "an error in a 200": [
    () => answering(200, `{"error":{"message":"overloaded"}}`),
    [true, null, null, null],
    /overloaded/,
  ],
  "a stream that breaks off": [
    () =>
      scripted(async ({ write, reset }) => {
        await write(STREAM_HEAD + chunk(event({ choices: [{ delta: { content: "o" } }] })));
        reset();
      }),
    [true, true, true, true],
    /its answer broke off/,
  ],
  "a stream that ends without its end": [
    () =>
      scripted(({ write }) => {
        return write(
          STREAM_HEAD + chunk(event({ choices: [{ delta: { content: "o" } }] })) + chunk(""),
        );
      }),
    [true, true, true, true],
    /its answer broke off/,
  ],
  "a page": [
    () => answering(200, "<html>login</html>", { "content-type": "text/html" }),
    [true, null, null, null],
    /an HTML page/,
  ],
};

function scripted(script: Script): Promise<Peer> {
  return startPeer((exchange) => {
    return exchange.request.method === "GET" ? exchange.write(reply(404, "{}")) : script(exchange);
  });
}

for (const [name, [start, known, why]] of Object.entries(FAILURES)) {
  Deno.test(`check -live tells ${name}`, async () => {
    await using peer = await start();
    const { code, row } = await data(one(peer.url));
    assert.equal(code, 1);
    assert.equal(row.state, "failed");
    assert.deepEqual([row.reachable, row.keyAccepted, row.modelKnown, row.streams], known);
    assert.match(row.why, why);
  });
}

Deno.test("check -live tells a port where nothing listens", async () => {
  const { code, row } = await data(one(`http://127.0.0.1:${CLOSED_PORT}`));
  assert.deepEqual([code, row.reachable, row.keyAccepted], [1, false, null]);
  assert.match(row.why, /cannot connect/);
});

Deno.test("check -live waits no longer than it may, whether nothing comes or no end of it", async () => {
  await using silent = await startPeer(() => {});
  await using endless = await scripted(({ write }) => {
    return write(STREAM_HEAD + chunk(event({ choices: [{ delta: { content: "o" } }] })));
  });
  for (const { url } of [silent, endless]) {
    const { code, row } = await data(one(url), { withinMs: 100 });
    assert.deepEqual([code, row.state], [1, "failed"]);
    assert.match(row.why, /no whole answer within 0\.1 s/);
  }
});

Deno.test("check -live keeps to the backend's own time-outs, too", async () => {
  await using silent = await startPeer(() => {});
  const more = `auth: inject, api_key: "${KEY}", timeouts: { first_byte_seconds: 0.05 }`;
  const { code, row } = await data(one(silent.url, { more }));
  assert.deepEqual([code, row.reachable], [1, true]);
  assert.match(row.why, /no response head in time/);
});

Deno.test("check -live says where a reply names another model, which is no failure", async () => {
  await using dated = await backend("openai_chat", { named: "gpt-4o-2024-08-06" });
  const usual = await data(one(dated.url));
  assert.deepEqual([usual.code, usual.row.namesOther], [0, false]);
  await using swapped = await backend("openai_chat", { named: "gpt-3.5-turbo" });
  const other = await data(one(swapped.url));
  assert.deepEqual([other.code, other.row.namesOther], [0, true]);
  const { out } = await run(one(swapped.url));
  assert.match(
    out,
    /one \(gpt-4o\): names gpt-3\.5-turbo as its model: is that what you pay for\?/,
  );
});

const BOTH = (own: string, others: string) =>
  `backends:
  - { name: own, url: "${own}", auth: inject, api_key: "${KEY}" }
  - { name: others, url: "${others}" }
models: { chat: [{ backend: own, model: gpt-4o }, { backend: others, model: gpt-4o }] }
`;

Deno.test("check -live passes over backends whose callers bring their keys, and says so", async () => {
  await using own = await backend();
  await using others = await backend();
  const { code, routes, sent } = await data(BOTH(own.url, others.url));
  assert.deepEqual([code, routes.map(({ state }) => state)], [0, ["well", "skipped"]]);
  assert.match(routes[1]?.why ?? "", /auth: passthrough.*set LLM_PROXY_KEY/);
  assert.deepEqual([sent.requests, others.requests.length], [1, 0]);
});

Deno.test("check -live sends LLM_PROXY_KEY there, says to whom, and never in another's place", async () => {
  await using own = await backend();
  await using others = await backend();
  const env = { LLM_PROXY_KEY: CALLERS };
  const { code, err } = await data(BOTH(own.url, others.url), { env });
  assert.equal(code, 0);
  assert.match(err, /^The key in LLM_PROXY_KEY goes to others\.$/m);
  assert.equal(headerOf(own, "authorization"), `Bearer ${KEY}`);
  assert.equal(headerOf(others, "authorization"), `Bearer ${CALLERS}`);
});

Deno.test("check -live needs no key where the backend's headers set one", async () => {
  await using peer = await backend();
  const more = `headers: { set: { Authorization: "Bearer ${KEY}" }, remove: ["Accept"] }`;
  const { code, row } = await data(one(peer.url, { more }));
  assert.deepEqual([code, row.state], [0, "well"]);
  assert.equal(headerOf(peer, "authorization"), `Bearer ${KEY}`);
  assert.equal(headerOf(peer, "accept"), undefined);
});

Deno.test("check -live shows no key that a backend repeats, in tables neither", async () => {
  const body = `{"error":{"message":"no ${KEY} and ${CALLERS}","code":"invalid_api_key"}}`;
  await using peer = await answering(401, body);
  const given = { env: { LLM_PROXY_KEY: CALLERS }, progress: true };
  const { code, out, err } = await run(one(peer.url, { more: "auth: passthrough" }), given);
  assert.equal(code, 1);
  assert.match(out, /one \(gpt-4o\): failed: .*status 401/);
  assert.match(err, /^\[1\/1\] one \(gpt-4o\) failed: /m);
});

Deno.test("check -live says what a backend offers that no alias uses", async () => {
  await using peer = await backend("openai_chat", { lists: ["gpt-4o", "o3", "gpt-5"] });
  const { backends } = await data(one(peer.url));
  assert.deepEqual(backends[0]?.unused, ["gpt-5", "o3"]);
  const { out } = await run(one(peer.url));
  assert.match(out, /^one offers, and no alias uses: gpt-5, o3\.$/m);
  assert.equal(headerOf(peer, "authorization", 1), `Bearer ${KEY}`);
  assert.equal(peer.requests[1]?.target, "/v1/models");
});

Deno.test("check -live takes a backend without a list for well", async () => {
  for (const answer of [reply(404, "{}"), reply(200, "<html>"), reply(200, '{"data":[null,1]}')]) {
    await using peer = await startPeer(async ({ request, write }) => {
      if (request.method === "GET") return await write(answer);
      await write(STREAM_HEAD + chunk(STREAMS.openai_chat?.("gpt-4o") ?? "") + chunk(""));
    });
    assert.equal((await run(one(peer.url))).code, 0);
  }
});

Deno.test("check -live sends once what several aliases share, and nothing to what is turned off", async () => {
  await using peer = await backend();
  await using off = await backend();
  const yaml = `backends:
  - { name: one, url: "${peer.url}", auth: inject, api_key: "${KEY}" }
  - { name: off, url: "${off.url}", auth: inject, api_key: "${KEY}", enabled: false }
models:
  a: [{ backend: one, model: gpt-4o }, { backend: off, model: gpt-4o }]
  b: [{ backend: one, model: gpt-4o }, { backend: one, model: x, enabled: false, priority: 2 }]
`;
  const { code, routes, sent } = await data(yaml);
  assert.equal(code, 0);
  assert.deepEqual(routes.map(({ alias, state }) => [alias, state]), [["a", "well"], [
    "b",
    "well",
  ]]);
  assert.deepEqual([sent.requests, peer.requests.length, off.requests.length], [1, 2, 0]);
});

Deno.test("check -live asks a backend no more at once than it takes", async () => {
  for (const [cap, most] of [["", 4], ["max_concurrent: 1, ", 1]] as const) {
    let [now, peak] = [0, 0];
    const held = Promise.withResolvers<void>();
    await using peer = await scripted(async ({ write }) => {
      peak = Math.max(peak, ++now);
      if (now === most) held.resolve();
      await held.promise;
      now--;
      await write(STREAM_HEAD + chunk(STREAMS.openai_chat?.("m") ?? "") + chunk(""));
    });
    const models = Array.from(
      { length: 9 },
      (_, at) => `m${at}: [{ backend: one, model: m-${at} }]`,
    );
    const { code } = await data(
      `backends: [{ name: one, url: "${peer.url}", ${cap}auth: inject, api_key: "${KEY}" }]
models: { ${models.join(", ")} }
`,
    );
    assert.deepEqual([code, peak], [0, most]);
  }
});

Deno.test("check -live stops at a signal, with what is known by then", async () => {
  const stopped = Promise.withResolvers<Stop>();
  await using silent = await startPeer(() =>
    stopped.resolve({ signal: "SIGINT", why: "", mostMs: 1 })
  );
  const { code, out } = await run(one(silent.url), { first: stopped.promise });
  assert.equal(code, 1);
  assert.match(out, /0 well, 0 failed\. Stopped by a signal, with 1 to go\.$/);
});

Deno.test("check -live sends nothing for a configuration with errors", async () => {
  const { code, out, err } = await run("backends: []\n");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /backends/);
});

Deno.test({
  name: "check -live runs with the program's permissions, and Ctrl-C ends it",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using well = await backend();
    const directory = await Deno.makeTempDir({ prefix: "llm-proxy-live-" });
    const config = join(directory, "config.yaml");
    await Deno.writeTextFile(config, one(well.url) + QUIET);
    const { code, stdout, stderr } = await runProgram(["check", "-live", "-config", config]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /1 well, 0 failed\.\n$/);
    assert.equal((await runProgram(["check", "-json", "-config", config])).code, 2);
    const asked = Promise.withResolvers<void>();
    await using silent = await startPeer(() => asked.resolve());
    await Deno.writeTextFile(config, one(silent.url) + QUIET);
    const { child, exited } = spawnProgram(["check", "-live", "-config", config], {});
    await asked.promise;
    child.kill("SIGINT");
    const ended = await exited;
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /Stopped by a signal, with 1 to go\.\n$/);
    await Deno.remove(directory, { recursive: true });
  },
});

/** Names that a caller may write and a path cannot hold as they are. */
const ODD_NAMES = ["a/b", "vendor/model:free", "模型 é", "50%25", "a?b#c", "models/x"];

for (const dialect of ["openai", "anthropic", "gemini", "azure"] as const) {
  Deno.test(`check -live reaches aliases and models of any name in ${dialect}'s format`, async () => {
    const format = dialect === "openai" || dialect === "azure" ? "openai_chat" : dialect;
    await using peer = await backend(format);
    for (const name of ODD_NAMES) {
      const { code, row } = await data(
        `backends: [{ name: one, url: "${peer.url}", auth: inject, api_key: "${KEY}", dialect: ${dialect} }]
models: { ${JSON.stringify(name)}: [{ backend: one, model: "m-1" }] }
`,
      );
      assert.deepEqual([code, row.why, row.alias], [0, "", name]);
    }
    const calls = peer.requests.filter(({ method }) => method === "POST");
    assert.equal(calls.length, ODD_NAMES.length);
    for (const { target, body } of calls) {
      const text = new TextDecoder().decode(body);
      assert.match(dialect === "gemini" || dialect === "azure" ? target : text, /m-1/);
    }
  });
}

Deno.test("check -live goes through the environment's proxy, as the proxy does", async () => {
  await using peer = await backend();
  await using way = await startHttpProxy({ port: peer.port });
  const env = { HTTP_PROXY: `http://${way.address}` };
  const { code } = await data(one("http://backend.example"), { env });
  assert.equal(code, 0);
  assert.match(way.asked[0] ?? "", /^CONNECT backend\.example:80 /);
});

Deno.test("check -live trusts a backend's own root, and nobody without it", async () => {
  const server = createSecureServer({ cert: RIGHT, key: KEY_FILE }, (_, response) => {
    response.setHeader("content-type", "text/event-stream");
    response.end(STREAMS.openai_chat?.("gpt-4o"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-root-" });
  try {
    const ca = join(directory, "root.pem");
    await Deno.writeTextFile(ca, AUTHORITY);
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const inject = `auth: inject, api_key: "${KEY}"`;
    assert.equal((await data(one(url, { more: `${inject}, ca: "${ca}"` }))).code, 0);
    const { code, row } = await data(one(url, { more: inject }));
    assert.deepEqual([code, row.reachable], [1, false]);
    assert.match(row.why, /cannot connect.*certificate/i);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("check -live says which key of several it sent", async () => {
  await using peer = await backend();
  const more = `auth: inject, api_key: ["${KEY}", "sk-canary-second-0123456789abc"]`;
  const { code, out } = await run(one(peer.url, { more }));
  assert.equal(code, 0);
  assert.match(out, /^one: the first of its 2 keys was sent, and no other\.$/m);
});

Deno.test("check -live is no success where nothing could be asked", async () => {
  await using peer = await backend();
  const { code, out } = await run(one(peer.url, { more: "auth: passthrough" }));
  assert.equal(code, 1);
  assert.match(out, /^Sends 0 requests .* asks 0 backends/);
  assert.match(out, /0 well, 0 failed, 1 not asked for want of a key\.$/);
  assert.equal(peer.requests.length, 0);
});

Deno.test("check -live lists what a backend offers that no alias leads to at all", async () => {
  await using peer = await backend();
  await using other = await backend("openai_chat", { lists: ["x-1"] });
  const yaml = one(peer.url).replace(
    "}]\n",
    `}, { name: spare, url: "${other.url}", auth: inject, api_key: "${KEY}" }]\n`,
  );
  const { out } = await run(yaml);
  assert.match(out, /^spare offers, and no alias uses: x-1\.$/m);
});

Deno.test("check -live lets no backend steer a terminal", async () => {
  const odd = "gpt-4o\u001b[31m\u202e\u009b1m";
  await using peer = await backend("openai_chat", { named: odd });
  const { out } = await run(one(peer.url));
  const { out: json } = await run(one(peer.url), { json: true });
  // deno-lint-ignore no-control-regex
  for (const text of [out, json]) assert.doesNotMatch(text, /[\u001b\u202e\u009b]/);
  assert.equal(JSON.parse(json).routes[0].modelNamed, odd);
});

Deno.test("check -live says of an alias that no path can name that no request reaches it", async () => {
  await using peer = await backend();
  const yaml = one(peer.url, { more: `auth: inject, api_key: "${KEY}", dialect: azure` });
  const { code, row } = await data(yaml.replace("chat:", '"..":'));
  assert.deepEqual([code, row.reachable, row.why], [1, null, "no request can name its alias"]);
  assert.equal(peer.requests.length, 0);
});

/** Of no vendor's shape, so that only what the configuration says of it makes it a secret. */
const SHAPELESS = "Abq7dEf01w3456k89xyzXYZ99qRsTuVw";

const REPEATED: Readonly<Record<string, string>> = {
  "cut where the line ends": `${"x ".repeat(84)}${SHAPELESS} is not known`,
  "cut after one character less": `${"x".repeat(168)} ${SHAPELESS} is not known`,
  "cut where our copy of the error ends": `no\n${
    " ".repeat(64 * 1024 - 28)
  }${SHAPELESS} is not known`,
};

for (const [how, message] of Object.entries(REPEATED)) {
  Deno.test(`check -live shows no piece of a key that an error repeats, ${how}`, async () => {
    await using peer = await startPeer(async ({ write }) => {
      await write(reply(500, message, { "content-type": "text/plain" }));
    });
    const more = `auth: inject, api_key: "${SHAPELESS}"`;
    for (const json of [false, true]) {
      const { out, err } = await run(one(peer.url, { more }), { json, progress: true });
      assert.ok(!`${out}${err}`.includes(SHAPELESS.slice(0, 9)), `${out}${err}`);
    }
  });
}
