/** What some backend may read as another model, for a restricted caller: H9, end to end. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { type RawRequest, textOf } from "../caller.ts";
import {
  assertForbidden,
  assertPasses,
  assertRefused,
  BOUNDARY,
  chat,
  FORM_TYPE,
  formCall,
  JSON_TYPE,
  multipart,
  MULTIPART_TYPE,
  part,
  startRestricted,
} from "./restricted.ts";

function form(body: string, target = "/v1/chat/completions"): RawRequest {
  return { target, lines: [FORM_TYPE], body };
}

const LITERALS: Readonly<Record<string, RawRequest>> = {
  '"Model":"dear" beside model': chat(`"Model":"dear"`),
  '"models":["dear"]': chat(`"models":["dear"]`),
  "?a=1;model=dear": chat("", "/v1/chat/completions?a=1;model=dear"),
  "multipart name='model'": formCall(part(`name='model'`, "dear")),
  "multipart model[]": formCall(part(`name="model[]"`, "dear")),
  "urlencoded model[]": form("model=cheap&model[]=dear"),
  "boundary*=": {
    target: "/v1/audio/transcriptions",
    lines: [`${MULTIPART_TYPE}; boundary*=utf-8''other`],
    body: multipart(part(`name="model"`, "cheap")),
  },
};

for (const [what, request] of Object.entries(LITERALS)) {
  Deno.test(`H9: a restricted caller is refused for ${what}`, async () => {
    await using line = await startRestricted();
    await assertRefused(line, request, "restricted");
  });
}

const JSON_MEMBERS = [
  `"MODEL":"dear"`,
  `"mOdEl":"dear"`,
  `"model":"dear"`,
  String.raw`"\u006dodel":"dear"`,
  String.raw`"\u004dodel":"dear"`,
  String.raw`"m\u006Fdel\u0073":["dear"]`,
  String.raw`"model\u0000":"dear"`,
  String.raw`"mod\el":"dear"`,
  String.raw`"mod\u12":"dear"`,
  `"model ":"dear"`,
  `"model${" ".repeat(300)}":"dear"`,
  `" model":"dear"`,
  `"model[]":"dear"`,
  `"$model":"dear"`,
  `"modelſ":["dear"]`,
  `"ｍｏｄｅｌ":"dear"`,
  `"Model":["dear"]`,
  `"Model":{"id":"dear"}`,
  `"models":"dear"`,
  `"models":["cheap","dear"]`,
  `"models":[["dear"]]`,
  `"models":[{"id":"dear"}]`,
  `"models":[{"x":"dear"}]`,
  `"models":{"x":["dear"]}`,
  `"Models":["dear"]`,
  `"fallbacks":["dear"]`,
  `"fallbacks":[{"model":"dear"}]`,
  `"fallbacks":[{"cheap":["dear"]}]`,
  `"fallback_models":["dear"]`,
  `"context_window_fallbacks":[{"cheap":["dear"]}]`,
  `"model_id":"dear"`,
  `"modelId":"dear"`,
  `"engine":"dear"`,
  `"deployment":"dear"`,
  `"model_list":[{"model_name":"dear"}]`,
  `"tools":[{"type":"image_generation","model":"dear"}]`,
  `"tools":[{"type":"image_generation","Model":"dear"}]`,
  `"tools":[{"type":"x","parameters":{"model":"dear"}}]`,
  `"tools":[{"type":"x","function":{"model":"dear"}}]`,
  `"tools":[{"type":"mcp","models":["cheap",{"name":"dear"}]}]`,
  `"requests":[{"model":"dear"}]`,
  `"requests":[{"body":{"model":"dear"}}]`,
  `"requests":[{"params":{"model":"dear","messages":[]}}]`,
  `"plugins":[{"id":"auto-router","models":["dear"]}]`,
  `"plugins":[{"id":"web","model":"dear"}]`,
  `"provider":{"model":"dear"}`,
  `"provider":{"order":[{"models":["dear"]}]}`,
  `"route":{"model":"dear"}`,
  `"extra_body":{"model":"dear"}`,
  `"extra_body":{"fallbacks":["dear"]}`,
  `"metadata":{"model":"dear"}`,
  `"config":{"a":{"b":{"c":{"model":"dear"}}}}`,
  `"moderation":{"model":"dear"}`,
  `"stream_options":{"MODEL":"dear"}`,
  `"messages":[{"role":"user","content":"x","model":"dear"}]`,
  `"Messages":[{"input":{"model":"dear"}}]`,
  `"x":[{"input":{"model":"dear"}}]`,
  `"properties":{"model":"dear"}`,
  `"x":${"[".repeat(300)}${"]".repeat(300)}`,
  `"x":{"a":1${`,"modelx":1`.repeat(60_000)}}`,
  `"models":["cheap"${`,"cheap"`.repeat(60_000)}]`,
  `"model":"dear","model":"cheap"`,
  `"model":"dear\\u0000"`,
];

Deno.test("H9: no member, at any depth and in any spelling, may say another model", async () => {
  await using line = await startRestricted();
  for (const members of JSON_MEMBERS) {
    await assertRefused(line, chat(members), members.slice(0, 200));
  }
  for (const first of [`{"model":"dear",`, `{"Model":"dear",`]) {
    const body = `${first}"model":"cheap"}`;
    await assertForbidden(line, { lines: [JSON_TYPE], body }, body);
  }
});

/** What a conversation holds that nobody takes a model from, and names that are allowed. */
const HARMLESS_MEMBERS = [
  `"models":["cheap","cheaper","gpt-mini-1"]`,
  `"models":[]`,
  `"Model":"cheap"`,
  `"Model":""`,
  `"Model":null`,
  `"model":"cheap"`,
  `"fallbacks":[{"model":"cheaper"}]`,
  `"tools":[{"type":"image_generation","model":"cheaper"}]`,
  `"plugins":[{"id":"web","models":["cheaper"]}]`,
  `"model_count":2,"allow_fallbacks":true`,
  `"modality":"dear","type":"dear","name":"dear"`,
  `"fallbacks":[{"model":"cheaper","temperature":1}]`,
  `"context_window_fallback_dict":{"cheap":"cheaper"}`,
  `"plugins":[{"id":"web","max_results":3},{"id":"file-parser","pdf":{"engine":"native"}}]`,
  `"tools":[{"type":"openrouter:web_search"},{"type":"web_search_20250305","name":"web_search"}]`,
  `"tools":[{"type":"mcp_toolset","configs":{"list_models":{"enabled":true,"note":"dear"}}}]`,
  `"messages":[{"role":"assistant","content":[{"type":"openrouter:fusion"}]}]`,
  `"metadata":{"user_id":"user_1_account__session_2"},"client_metadata":{"x-turn":"{}"}`,
  `"x":"model=dear&models=dear;Model=dear"`,
  `"messages":[{"role":"user","content":"\\"model\\":\\"dear\\""}]`,
  `"messages":[{"role":"user","content":[{"type":"text","text":"{\\"model\\":\\"dear\\"}"}]}]`,
  `"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"spawn",` +
  `"input":{"model":"dear","models":["dear"]}}]}]`,
  `"messages":[{"role":"assistant","content":[{"type":"tool_use","input":{"a":[{"Model":"dear"}]}}]}]`,
  `"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"spawn",` +
  `"arguments":"{\\"model\\":\\"dear\\"}"}}]}]`,
  `"messages":[{"role":"assistant","content":[{"type":"fallback","from":{"model":"dear"},` +
  `"to":{"model":"cheap"}}]}]`,
  `"input":[{"type":"local_shell_call","action":{"env":{"MODEL":"dear"}}}]`,
  `"input":[{"type":"tool_search_call","arguments":{"model":"dear"}}]`,
  `"input":[{"type":"file_search_call","results":[{"attributes":{"model":"dear"}}]}]`,
  `"contents":[{"parts":[{"functionCall":{"name":"f","args":{"model":"dear"}}}]}]`,
  `"contents":[{"parts":[{"functionResponse":{"response":{"models":["dear"]}}}]}]`,
  `"tools":[{"type":"function","function":{"name":"spawn","parameters":{"type":"object",` +
  `"properties":{"model":{"type":"string","enum":["dear"],"default":"dear"},"models":{"type":` +
  `"array","items":{"type":"string"}}},"required":["model"],"examples":[{"model":"dear"}]}}}]`,
  `"tools":[{"name":"spawn","input_schema":{"type":"object","properties":{"model":{"const":"dear"}},` +
  `"$defs":{"model":{"enum":["dear"]}},"dependentRequired":{"model":["effort"]}},` +
  `"input_examples":[{"model":"dear"}]}]`,
  `"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"properties":` +
  `{"model":{"type":"string"}}}}]}]`,
  `"response_format":{"type":"json_schema","json_schema":{"schema":{"properties":{"model":` +
  `{"default":"dear"}}}}}`,
  `"text":{"format":{"type":"json_schema","schema":{"properties":{"models":{"enum":["dear"]}}}}}`,
  `"generationConfig":{"responseSchema":{"properties":{"model":{"type":"STRING"}}}}`,
];

Deno.test("a restricted caller's conversation may speak of any model", async () => {
  await using line = await startRestricted();
  for (const members of HARMLESS_MEMBERS) await assertPasses(line, chat(members), members);
});

const QUERIES = [
  "?model=dear",
  "?Model=dear",
  "?MODEL=dear",
  "?models=dear",
  "?models[]=dear",
  "?model[]=dear",
  "?model[0]=dear",
  "?%6dodel=dear",
  "?%256dodel=dear",
  "?mod%65l%5B%5D=dear",
  "?a=1;model=dear",
  "?a=1%3Bmodel=dear",
  "?a=1%26model=dear",
  "?a=1?model=dear",
  "?model=cheap&model=dear",
  "?model=dear&model=cheap",
  "?model=cheap;model=dear",
  "?model=cheap,dear",
  "?model=cheap%00dear",
  "?deployment=dear",
  "?deployment_id=dear",
  "?engine=dear",
  "?model_id=dear",
  "?session[model]=dear",
  "?session.model=dear",
  "?+model=dear",
  "?fallbacks=dear",
];

Deno.test("H9: no parameter of the query may say another model, however it is split", async () => {
  await using line = await startRestricted();
  for (const query of QUERIES) {
    await assertRefused(line, chat("", `/v1/chat/completions${query}`), query);
  }
  for (const query of ["?model=cheap", "?a=1;b=2", "?q=a%26b", "?api-version=1&x"]) {
    await assertPasses(line, chat("", `/v1/chat/completions${query}`), query);
  }
});

const FORMS = [
  "model=cheap&Model=dear",
  "model=cheap&models=dear",
  "model=cheap&model=dear",
  "model=dear&model=cheap",
  "model=cheap;model=dear",
  "model=cheap&%6dodel=dear",
  "model=cheap&model%5B%5D=dear",
  "model=cheap&tools[0][model]=dear",
  "model=cheap&a.model=dear",
  "model=cheap&engine=dear",
  "model=cheap&_method=DELETE",
  `{"model":"cheap","x":"&model=dear&"}`,
  `["cheap",{"model":"dear"}]`,
];

Deno.test("H9: no field of a form may say another model, whatever else the form is", async () => {
  await using line = await startRestricted();
  for (const body of FORMS) {
    await assertRefused(line, form(body, "/v1/chat/completions?model=cheap"), body);
  }
  await assertRefused(line, form(`model=cheap${"&x=1".repeat(30_000)}`), "too many fields");
  await assertPasses(line, form("model=cheap&prompt=a+cat;+a+dog"), "a form");
  await assertPasses(line, form(`{"model":"cheap","messages":[]}`), "curl -d");
});

const PARTS = [
  part(`name="model"`, "dear"),
  part(`name=model`, "dear"),
  part(`name = "model"`, "dear"),
  part(`NAME="model"`, "dear"),
  part(`name="Model"`, "dear"),
  part(`name="models"`, "dear"),
  part(`name="model[]"`, "dear"),
  part(`name="tools[0][model]"`, "dear"),
  part(`name="%6dodel"`, "dear"),
  part(`name="mod\\el"`, "dear"),
  part(`name*=utf-8''model`, "dear"),
  part(`name*0="mo"; name*1="del"`, "dear"),
  part(`name="x"; name*=utf-8''model`, "dear"),
  part(`name="x"; name="model"`, "dear"),
  part(`name="model"; name="x"`, "dear"),
  part(`name="=?utf-8?b?bW9kZWw=?="`, "dear"),
  part(`name="model"; filename="a.wav"`, "dear"),
  part(`filename="a.wav"; name="model"`, "dear"),
  part(`name="model"; filename*=utf-8''a.wav`, "dear"),
  part(`name="x"; filename="\\"; name="model"`, "dear"),
  part(`name="x"; filename="a; name=model"`, "dear"),
  part(`name="x"`, "1", `Content-Disposition: form-data; name="model"`),
  part(`name="file"; filename="a"`, "1", `content-disposition : form-data; name="model"`),
  part(`name="x"\r\n ; name="model"`, "dear"),
  part(`name="model"`, "ZGVhcg==", "Content-Transfer-Encoding: base64"),
  part(`name="model"`, "c\0h\0e\0a\0p\0", "Content-Type: text/plain; charset=utf-16le"),
  part(`name="_charset_"`, "utf-7"),
  part(
    `name="x"`,
    `1\r\n--${BOUNDARY}junk\r\nContent-Disposition: form-data; name="model"\r\n\r\ndear`,
  ),
  part(`name="x"`, `1 --${BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\ndear`),
  { head: `Content-Disposition: form-data name="model"`, content: "dear" },
  { head: `Content-Disposition: attachment; name="model"`, content: "dear" },
  { head: `Content-Type: text/plain`, content: "dear" },
  { head: `Content-Disposition: form-data; name="x"\n\nA: b`, content: "dear" },
  { head: `Content-Disposition: form-data; name="x"\nA: b`, content: "dear" },
  { head: `X: y\rContent-Disposition: form-data; name="model"`, content: "dear" },
];

Deno.test("H9: no part of a form may say another model, whatever readers make of its head", async () => {
  await using line = await startRestricted();
  for (const each of PARTS) {
    await assertRefused(line, formCall(each), JSON.stringify(each));
  }
});

Deno.test("a restricted caller's form passes as clients write it", async () => {
  await using line = await startRestricted();
  const parts = [
    part(`name="file"; filename="a.wav"`, "RIFF\r\n\0\xff", "Content-Type: audio/wav"),
    part(`name="file"; filename="a \\"b\\".wav"`, "RIFF"),
    part(`name="file"; filename="C:\\a.wav"`, "RIFF"),
    part(`name="file"; filename="a.wav"; filename*=utf-8''%e2%82%ac.wav`, "RIFF"),
    part(`name="file"; filename=o'brien.wav`, "RIFF"),
    part(`name="timestamp_granularities[]"`, "word"),
    part(`name="prompt"`, `name="model"; dear`),
    part(`name="response_format"`, "json", "Content-Type: text/plain; charset=utf-8"),
    part(`name="model"`, "cheap"),
  ];
  for (const each of parts) await assertPasses(line, formCall(each), JSON.stringify(each));
});

Deno.test("H9: every part of a large upload is read, the last one too", async () => {
  await using line = await startRestricted();
  const file = part(`name="file"; filename="a.wav"`, "R".repeat(3 * 1024 * 1024));
  await assertPasses(line, formCall(file), "a large file");
  await assertForbidden(line, formCall(file, part(`name="model"`, "dear")), "a last part");
  const hidden = {
    target: "/openai/deployments/gpt-mini-files/audio/transcriptions",
    lines: ["Content-Type: application/octet-stream"],
    body: "R".repeat(3 * 1024 * 1024),
  };
  await assertRefused(line, hidden, "bytes that name nothing");
});

const TYPES: Readonly<Record<string, RawRequest>> = {
  "two types": { ...chat(), lines: [JSON_TYPE, FORM_TYPE] },
  "two types in one line": { ...chat(), lines: [`${JSON_TYPE}, ${FORM_TYPE}`] },
  "an unheard-of type": { ...chat(), lines: ["Content-Type: application/cbor"] },
  "multipart of another kind": {
    ...formCall(),
    lines: [`Content-Type: multipart/mixed; boundary=${BOUNDARY}`],
  },
  "UTF-16": { ...chat(), lines: [`${JSON_TYPE}; charset=utf-16`] },
  "UTF-7": { ...chat(), lines: [`${JSON_TYPE}; charset="utf-7"`] },
  "a charset in another spelling": { ...chat(), lines: [`${JSON_TYPE}; charset*=utf-8''utf-7`] },
  "UTF-16 in fact": { lines: [JSON_TYPE], body: Buffer.from(`{"model":"cheap"}`, "utf16le") },
  "a mark of UTF-16": {
    lines: [JSON_TYPE],
    target: "/v1/chat/completions?model=cheap",
    body: Buffer.from(`\ufeff{"model":"dear"}`, "utf16le"),
  },
  "no UTF-8": { lines: [JSON_TYPE], body: Buffer.from(`{"model":"cheap","x":"\xe0"}`, "latin1") },
  "JSON that is a form": { ...formCall(), lines: [JSON_TYPE] },
  "a form that is JSON": { ...chat("", "/v1/images/edits?model=cheap"), lines: [MULTIPART_TYPE] },
  "no type and a form": { body: "model=dear", target: "/v1/chat/completions?model=cheap" },
  "no type and a list": { body: `[{"model":"dear"}]`, target: "/v1/chat/completions?model=cheap" },
  "a list": {
    lines: [JSON_TYPE],
    body: `[{"model":"dear"}]`,
    target: "/v1/chat/completions?model=cheap",
  },
  "no JSON": { lines: [JSON_TYPE], body: `{"model":"cheap",}` },
  "two boundaries": {
    ...formCall(),
    lines: [`${MULTIPART_TYPE}; boundary=other`],
  },
  "the same boundary twice": { ...formCall(), lines: [`${MULTIPART_TYPE}; boundary=${BOUNDARY}`] },
  "a boundary in single quotes": {
    ...formCall(),
    lines: [`Content-Type: multipart/form-data; boundary='${BOUNDARY}'`],
  },
  "a boundary and a comma": { ...formCall(), lines: [`${MULTIPART_TYPE},x`] },
  "a boundary that escapes": {
    ...formCall(),
    lines: [`Content-Type: multipart/form-data; boundary="\\${BOUNDARY}"`],
  },
  "no boundary": { ...formCall(), lines: ["Content-Type: multipart/form-data"] },
  "lines that end in LF": {
    ...formCall(),
    body: multipart(part(`name="model"`, "cheap")).replaceAll("\r\n", "\n"),
  },
  "a preamble": { ...formCall(), body: `x\r\n${multipart(part(`name="model"`, "cheap"))}` },
  "an epilogue": { ...formCall(), body: `${multipart(part(`name="model"`, "cheap"))}x` },
  "a header with another model": { ...chat(), lines: [JSON_TYPE, "X-Model: dear"] },
  "a header with fallbacks": { ...chat(), lines: [JSON_TYPE, "Helicone-Fallbacks: cheap, dear"] },
  "a gateway's routing": { ...chat(), lines: [JSON_TYPE, `x-portkey-config: {"x":"dear"}`] },
};

for (const [what, request] of Object.entries(TYPES)) {
  Deno.test(`H9: what cannot be read surely is refused: ${what}`, async () => {
    await using line = await startRestricted();
    await assertRefused(line, { target: "/v1/chat/completions", ...request }, what);
  });
}

Deno.test("H9: a compressed body is read like any other", async () => {
  await using line = await startRestricted();
  const lines = [JSON_TYPE, "Content-Encoding: gzip"];
  const packed = (body: string) => ({ lines, body: gzipSync(body) });
  await assertPasses(line, packed(`{"model":"cheap","messages":[]}`), "allowed");
  await assertForbidden(line, packed(`{"model":"cheap","Model":"dear"}`), "another");
  const before = line.backend.requests.length;
  const unknown = { ...packed(`{"model":"cheap"}`), lines: [JSON_TYPE, "Content-Encoding: x-cow"] };
  assert.equal((await line.call(unknown)).status, 415);
  assert.equal(line.backend.requests.length, before);
});

Deno.test("H9: Azure's deployment does not excuse another model in the body", async () => {
  await using line = await startRestricted();
  const target = "/openai/deployments/cheap/chat/completions?api-version=1";
  await assertForbidden(line, { target, lines: [JSON_TYPE], body: `{"model":"dear"}` }, target);
  const free = await line.callFreely({ target, lines: [JSON_TYPE], body: `{"model":"<ignored>"}` });
  assert.equal(free.status, 200);
});

Deno.test("H9: the refusal says where another model may be read", async () => {
  await using line = await startRestricted();
  const message = async (request: RawRequest) =>
    JSON.parse(textOf(await line.call(request))).error.message;
  assert.equal(
    await message(chat(`"tools":[{"model":"dear"}]`)),
    'The caller "phone" may only use some models ("cheap", "cheaper", "gpt-mini-*"), and a server ' +
      'may read another one in "model" at byte 41 of the JSON body: "dear". Leave it out.',
  );
  assert.match(
    await message(chat("", "/v1/chat/completions?a=1;model=dear")),
    /another one in "model" in the query: "dear"\. Leave it out\.$/,
  );
  assert.match(
    await message({ ...chat(), lines: ["Content-Type: application/cbor"] }),
    /servers may differ on what this request says: its Content-Type is none that is read here\. Send /,
  );
});

Deno.test("a caller with a star passes all of this untouched", async () => {
  await using line = await startRestricted();
  // What means "model" exactly is the model: the last of them decides.
  const beside = JSON_MEMBERS.filter((each) => !/^"(?:model|\\u006dodel)":/.test(each));
  const odd = [
    ...beside.map((each) => chat(each)),
    chat("", "/v1/chat/completions?a=1;model=dear"),
    formCall(part(`name='model'`, "dear")),
    formCall(part(`name*=utf-8''x`, "dear")),
    { ...chat(), lines: [JSON_TYPE, "X-Model: dear"] },
  ];
  for (const request of odd) {
    const got = await line.callFreely(request);
    assert.equal(got.status, 200, `${request.body}`);
    const sent = Buffer.from(request.body ?? "").toString("latin1");
    const seen = Buffer.from(line.backend.requests.at(-1)?.body ?? []).toString("latin1");
    assert.equal(seen.replaceAll("real-cheap", "cheap"), sent);
  }
});
