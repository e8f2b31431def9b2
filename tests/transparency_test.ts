import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { callRaw, connectTo, requestBytes } from "./caller.ts";
import { chunk, type Peer, reply, startReplier } from "./peer.ts";
import { startProxy, type TestProxy } from "./proxy.ts";
import { body as generated, textOf } from "./wire/json_arbitrary.ts";

interface Line extends AsyncDisposable {
  readonly backend: Peer;
  readonly proxy: TestProxy;
}

/** A proxy of the alias `chat`, which the backend knows by the name given. */
async function startLine(model = "backend-model"): Promise<Line> {
  const backend = await startReplier(reply(200, `{"ok":1}`));
  const route = `{ backend: backend, model: ${JSON.stringify(model)} }`;
  const proxy = await startProxy(`
backends: [{ name: backend, url: "${backend.url}" }]
models: { chat: [${route}] }
logging: { request_dir: "", error_dir: "" }
`);
  return {
    backend,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** Bodies with a model at each `@`, one byte a character. */
const BODIES: Readonly<Record<string, string>> = {
  "model first": `{"model":@,"messages":[]}`,
  "model last": `{"messages":[{"role":"user","content":"hi"}],"model":@}`,
  "an escaped key": String.raw`{"\u006dodel":@,"m\u006Fdel":@}`,
  "two models": `{"model":@,"x":1,"model":@}`,
  "models of inner objects": `{"a":{"model":"chat"},"b":["model","chat"],"model":@}`,
  "the model in a string": `{"a":"\\"model\\":\\"chat\\"","model":@}`,
  "big and odd numbers": `{"n":[12345678901234567890,1e400,-0,1.0,1E+2],"model":@}`,
  "escapes": String.raw`{"a":"\u00e9\/\ud83d\ude00\ud800 \u0000","model":@}`,
  "odd whitespace": `\r\n\t {\n\n"model"\t:\r\n@ , "a" : [ ] }\n\n`,
  "a byte order mark": `\xef\xbb\xbf{"model":@}`,
  "UTF-8": Buffer.from(`{"a":"žluťoučký 模型 🐎","model":@}`).toString("latin1"),
  "invalid UTF-8 in strings": `{"a":"\xff\xfe\xc3(","model":@,"b":"\xed\xa0\x80\xf8"}`,
  "invalid UTF-8 in keys": `{"\xff":1,"model":@}`,
  "keys that look like it": `{"Model":"chat","model ":"chat","mode":"chat","model":@}`,
  "__proto__": `{"__proto__":{"model":"x"},"constructor":{},"model":@}`,
  "deep nesting": `{"a":${"[".repeat(5000)}${"]".repeat(5000)},"model":@}`,
};

for (const [what, template] of Object.entries(BODIES)) {
  Deno.test(`a backend gets the caller's bytes but for the model: ${what}`, async () => {
    await using line = await startLine();
    const got = await callRaw(line.proxy.url, { body: filled(template, `"chat"`) });
    assert.equal(got.status, 200);
    isBody(line.backend, filled(template, `"backend-model"`));
  });
}

function filled(template: string, model: string): Buffer {
  return Buffer.from(template.replaceAll("@", model), "latin1");
}

function isBody(backend: Peer, expected: Uint8Array): void {
  const seen = Buffer.from(backend.requests.at(-1)?.body ?? []);
  // As text: comparing arrays of bytes one by one takes seconds.
  assert.equal(seen.toString("latin1"), Buffer.from(expected).toString("latin1"));
}

for (const spelling of [String.raw`"\u0063hat"`, String.raw`"ch\u0061t"`]) {
  Deno.test(`a backend gets its own name for a model that was written ${spelling}`, async () => {
    await using line = await startLine();
    await callRaw(line.proxy.url, { body: `{"model":${spelling},"a":${spelling}}` });
    isBody(line.backend, Buffer.from(`{"model":"backend-model","a":${spelling}}`));
  });
}

Deno.test("a backend gets a model name with quotes and other letters as valid JSON", async () => {
  const model = `org/mödel "x"\\y 模`;
  await using line = await startLine(model);
  await callRaw(line.proxy.url, { body: `{"model":"chat"}` });
  const text = new TextDecoder().decode(line.backend.requests[0]?.body);
  assert.deepEqual(JSON.parse(text), { model });
});

for (const where of ["first", "last"]) {
  Deno.test(`a backend gets 10 MB with the model ${where} byte for byte`, async () => {
    await using line = await startLine();
    const pad = `"pad":"${"0123456789abcdé\\n".repeat(640_000)}"`;
    const template = where === "first" ? `{"model":@,${pad}}` : `{${pad},"model":@}`;
    await callRaw(line.proxy.url, { body: Buffer.from(template.replace("@", `"chat"`)) });
    isBody(line.backend, Buffer.from(template.replace("@", `"backend-model"`)));
  });
}

/** Generated bodies whose every top-level model is the alias. */
const calls = generated
  .map(({ parts }) => ({
    parts: parts.map((part) => part.isModel ? { ...part, text: `"chat"` } : part),
  }))
  .filter(({ parts }) => parts.some(({ isModel }) => isModel));

Deno.test("a backend gets the caller's bytes but for the model, whatever the body", async () => {
  await using line = await startLine();
  await using caller = await connectTo(line.proxy.url);
  await fc.assert(
    fc.asyncProperty(calls, async (call) => {
      await caller.send(requestBytes({ body: textOf(call) }));
      assert.equal((await caller.reply()).status, 200);
      isBody(line.backend, Buffer.from(textOf(call, "backend-model")));
    }),
    { numRuns: 60 },
  );
});

Deno.test("a backend gets a chunked body with its length", async () => {
  await using line = await startLine();
  await using caller = await connectTo(line.proxy.url);
  await caller.send("POST /v1/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  await caller.send(chunk(`{"mod`) + chunk(`el":"ch`) + chunk(`at","a":1}`) + chunk(""));
  assert.equal((await caller.reply()).status, 200);
  const expected = `{"model":"backend-model","a":1}`;
  isBody(line.backend, Buffer.from(expected));
  const { head } = line.backend.requests[0]!;
  assert.match(head, new RegExp(`^content-length: ${expected.length}$`, "m"));
  assert.doesNotMatch(head, /^transfer-encoding/m);
});

Deno.test("a backend gets the body of a caller who waits for 100 Continue", async () => {
  await using line = await startLine();
  await using caller = await connectTo(line.proxy.url);
  const body = `{"model":"chat"}`;
  const framing = `Content-Length: ${body.length}\r\nExpect: 100-continue`;
  await caller.send(`POST /v1/x HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
  await caller.until("HTTP/1.1 100 ");
  await caller.send(body);
  assert.equal((await caller.reply()).status, 200);
  assert.doesNotMatch(line.backend.requests[0]!.head, /^expect/mi);
});
