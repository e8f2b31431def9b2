/** H7, H14: credentials that nobody presented are found by shape and name, in every place of a record. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { check } from "../../lib/cli/check.ts";
import { replay } from "../../lib/cli/replay.ts";
import { startStage as startAdminStage } from "../admin/stage.ts";
import { callRaw, type RawRequest, textOf } from "../caller.ts";
import { chunk, rawReply, reply, type Script, startPeer, STREAM_HEAD } from "../peer.ts";
import { namedCredentials, shapedCredentials } from "./corpus.ts";
import { type Leak, leaksIn, type Secret } from "./leaks.ts";
import { filesUnder, leakLine, leaksUnder } from "./logged.ts";

/** Any run of a credential longer than what a mask shows of it gives it away. */
function secretsOf(values: readonly string[]): Secret[] {
  return values.map((value) => ({ value: value.slice(5), pieceLength: 12 }));
}

const escaped = (text: string) =>
  [...text].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const percent = (text: string) =>
  [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join("");

/** What is sent, and what the backend answers; each holds the credential. */
interface Scene {
  readonly request?: (value: string) => RawRequest;
  readonly answer?: (value: string) => Script;
}

const asked = (content: string): RawRequest => ({
  body: JSON.stringify({ model: "chat", messages: [{ role: "user", content }] }),
});
const answering = (text: string | Uint8Array): Script => ({ write }) => write(text);

/** Where a credential may stand, told by its shape alone. */
const PLACES: Readonly<Record<string, Scene>> = {
  "a request header": { request: (value) => ({ ...asked("x"), lines: [`X-Note: is ${value}.`] }) },
  "the query": {
    request: (value) => ({ ...asked("x"), target: `/v1/chat/completions?note=${value}` }),
  },
  "the query in percent-encoding": {
    request: (value) => ({ ...asked("x"), target: `/v1/chat/completions?note=${percent(value)}` }),
  },
  "the path": {
    request: (value) => ({ ...asked("x"), target: `/v1/files/${encodeURIComponent(value)}` }),
  },
  "a JSON body": { request: (value) => asked(`use ${value}, please`) },
  "a JSON body in escapes": {
    request: (value) => ({ body: `{"model":"chat","note":"${escaped(value)}"}` }),
  },
  "JSON in a JSON body": { request: (value) => asked(JSON.stringify({ note: `a\n${value}` })) },
  "the model's name": { request: (value) => ({ body: JSON.stringify({ model: value }) }) },
  "a form": {
    request: (value) => ({
      lines: ["Content-Type: application/x-www-form-urlencoded"],
      body: `model=chat&note=${encodeURIComponent(value)}`,
    }),
  },
  "a multipart form's file name": {
    request: (value) => form(`name="file"; filename="${value}"`, "x"),
  },
  "a multipart form's field": { request: (value) => form(`name="note"`, value) },
  "a tool's name": {
    request: (value) => ({ body: JSON.stringify({ model: "chat", tools: [{ name: value }] }) }),
  },
  "a reply's header": { answer: (value) => answering(rawReply(200, [`x-note: ${value}`], "{}")) },
  "a reply's body": {
    answer: (value) => answering(reply(200, JSON.stringify({ choices: [{ text: value }] }))),
  },
  "a reply's error body": {
    answer: (value) =>
      answering(reply(503, JSON.stringify({ error: { message: `bad ${value}` } }))),
  },
  "a reply's error type": {
    answer: (value) =>
      answering(reply(503, JSON.stringify({ error: { type: value, code: value } }))),
  },
  "a reply's reason phrase": {
    answer: (value) => answering(`HTTP/1.1 503 ${value}\r\ncontent-length: 0\r\n\r\n`),
  },
  "bytes that are no HTTP": { answer: (value) => answering(`${value}\r\n\r\n`) },
  "a stream's event": {
    answer: (value) => async ({ write }) => {
      await write(
        STREAM_HEAD +
          chunk(`data: ${JSON.stringify({ choices: [{ delta: { content: value } }] })}\n\n`),
      );
      await write(chunk(`data: [DONE]\n\n`) + chunk(""));
    },
  },
  "a stream's error event": {
    answer: (value) => ({ write }) =>
      write(
        STREAM_HEAD +
          chunk(`event: error\ndata: ${JSON.stringify({ error: { message: value } })}\n\n`) +
          chunk(""),
      ),
  },
};

/** Where a name before it is what tells a credential. */
const NAMED_PLACES: Readonly<Record<string, Scene>> = {
  "a header of any vendor's": {
    request: (value) => ({ ...asked("x"), lines: [`X-Vendor-Key: ${value}`] }),
  },
  "a parameter": {
    request: (value) => ({
      ...asked("x"),
      target: `/v1/x?model=chat&clientSecret=${encodeURIComponent(value)}`,
    }),
  },
  "a member": { request: (value) => ({ body: JSON.stringify({ model: "chat", apiKey: value }) }) },
  "a member in a string": { request: (value) => asked(JSON.stringify({ access_token: value })) },
  "a setting in a prompt": {
    request: (value) => asked(`run with\nVENDOR_API_KEY=${value}\nplease`),
  },
  "a setting in YAML": { request: (value) => asked(`here:\n  api_key: ${value}\n`) },
  "a form's field": {
    request: (value) => ({
      lines: ["Content-Type: application/x-www-form-urlencoded"],
      body: `model=chat&api_key=${encodeURIComponent(value)}`,
    }),
  },
  "a multipart form's field": { request: (value) => form(`name="api_key"`, value) },
  "the password of a URL": {
    request: (value) => asked(`see https://me:${encodeURIComponent(value)}@host/x`),
  },
  "a backend's error": {
    answer: (value) =>
      answering(reply(401, JSON.stringify({ error: { message: `key refused`, apiKey: value } }))),
  },
};

function form(disposition: string, content: string): RawRequest {
  const part = (head: string, text: string) =>
    `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
  return {
    target: "/v1/images/edits",
    lines: ["Content-Type: multipart/form-data; boundary=b"],
    body: `${part(`name="model"`, "chat")}${part(disposition, content)}--b--\r\n`,
  };
}

/** Everything that a proxy wrote, said or showed, of one request a credential. */
async function leaksOf({ request, answer }: Scene, values: readonly string[]): Promise<Leak[]> {
  let current = "";
  await using peer = await startPeer((exchange) =>
    (answer?.(current) ?? answering(reply(200, `{"choices":[]}`)))(exchange)
  );
  await using stage = await startAdminStage(
    `backends: [{ name: a, url: "${peer.url}" }]\n` +
      `models: { chat: [{ backend: a, model: m }] }\ndefault_backend: a\n` +
      `timeouts: { first_byte_seconds: 2, idle_seconds: 2 }\n` +
      `logging: { level: debug, format: json, request_dir: logs/requests, error_dir: logs/errors, general_file: logs/proxy.log }\n` +
      `history: { file: logs/history.db }\n`,
  );
  const { url, admin, state, directory, lines } = stage;
  for (current of values) {
    await callRaw(url, request?.(current) ?? asked("hello")).catch(() => {});
  }
  await state.journal.flush();
  await state.history.flush();
  await state.log.flush();
  const list = await (await fetch(`${admin.url}/api/requests?limit=100`)).json();
  const ids: string[] = list.rows.map(({ id }: { id: string }) => id);
  assert.ok(ids.length > 0, "nothing was recorded");
  const shown = await Promise.all(
    [
      "/api/requests?limit=100",
      "/api/now",
      "/api/config",
      "/metrics",
      "/api/usage",
      ...ids.map((id) => `/api/requests/${id}`),
    ]
      .map(async (path) => [path, await (await fetch(admin.url + path)).text()] as const),
  );
  const secrets = secretsOf(values);
  assert.ok(
    (await filesUnder(join(directory, "logs", "requests"))).length > 0,
    "nothing was logged",
  );
  const curl: string[] = [];
  for (const file of (await filesUnder(join(directory, "logs", "requests"))).slice(0, 20)) {
    const io = { out: (line: string) => curl.push(line), err: (line: string) => curl.push(line) };
    const config = join(directory, "replayed.yaml");
    await Deno.writeTextFile(
      config,
      `backends: [{ name: a, url: "${peer.url}" }]\nmodels: { chat: [{ backend: a, model: m }] }\n`,
    );
    await replay({ file, config, backend: undefined, curl: true }, {
      ...io,
      write: () => Promise.resolve(),
      env: () => undefined,
    });
  }
  return [
    ...await leaksUnder(join(directory, "logs"), secrets),
    ...leaksIn("the console", lines.join("\n"), secrets),
    ...leaksIn("replay -curl", curl.join("\n"), secrets),
    ...shown.flatMap(([path, text]) => leaksIn(path, text, secrets)),
  ];
}

for (const [place, scene] of Object.entries(PLACES)) {
  Deno.test(`H14: a credential of any known shape is masked in ${place}, over every record`, async () => {
    const leaks = await leaksOf(scene, shapedCredentials().map(({ value }) => value));
    assert.deepEqual(leaks.map(leakLine), []);
  });
}

for (const [place, scene] of Object.entries(NAMED_PLACES)) {
  Deno.test(`H14: a credential without a shape is masked in ${place}, over every record`, async () => {
    const leaks = await leaksOf(scene, namedCredentials().map(({ value }) => value));
    assert.deepEqual(leaks.map(leakLine), []);
  });
}

Deno.test("H7: an answer of ours shows no credential that a caller took for a model's name", async () => {
  await using stage = await startAdminStage(
    `backends: [{ name: a, url: "http://127.0.0.1:1" }]\nmodels: { chat: [{ backend: a, model: m }] }\n`,
  );
  for (const { value } of shapedCredentials()) {
    const asking = [
      callRaw(stage.url, { body: JSON.stringify({ model: value }) }),
      callRaw(stage.url, {
        method: "GET",
        target: `/v1/models/${encodeURIComponent(value)}`,
        body: "",
      }),
      callRaw(stage.url, {
        target: `/v1/chat/completions`,
        lines: [`Content-Encoding: ${value}`],
        body: "{}",
      }),
    ];
    for (const answered of await Promise.all(asking)) {
      assert.ok(answered.status >= 400, value);
      const leaks = leaksIn("the answer", textOf(answered), secretsOf([value]));
      assert.deepEqual(leaks.map(leakLine), []);
    }
  }
});

Deno.test("H14: check names no credential that stands where a name belongs", async () => {
  for (const { value } of shapedCredentials()) {
    const file = await Deno.makeTempFile({ suffix: ".yaml" });
    await Deno.writeTextFile(
      file,
      `backends: [{ name: a, url: "https://h", auth: ${JSON.stringify(value)} }]\n` +
        `models: { ${JSON.stringify(value)}: [{ backend: ${
          JSON.stringify(value)
        }, model: x }] }\n` +
        `${JSON.stringify(value)}: 5\n`,
    );
    const lines: string[] = [];
    const output = {
      out: (line: string) => lines.push(line),
      err: (line: string) => lines.push(line),
    };
    assert.equal(await check(file, output), 1);
    await Deno.remove(file);
    const leaks = leaksIn("check", lines.join("\n"), secretsOf([value]));
    assert.deepEqual(leaks.map(leakLine), []);
  }
});

Deno.test("the corpus holds at least 60 credentials, each of its own vendor or kind", () => {
  const vendors = new Set(shapedCredentials().map(({ vendor }) => vendor));
  assert.ok(vendors.size >= 60, `${vendors.size}`);
});
