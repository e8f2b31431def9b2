import assert from "node:assert/strict";
import fc from "fast-check";
import { BELONGING_KEYS } from "../../lib/wire/belonging.ts";
import { belonging, issued, stored } from "./asked.ts";
import {
  chat,
  claudeCode,
  codex,
  gemini,
  REASONING,
  SIGNATURES,
  THOUGHTS,
} from "./conversations.ts";
import { body as anyObject, soup, textOf } from "./json_arbitrary.ts";

Deno.test("belongingOf() finds in a first turn without a session nothing but its opening", () => {
  for (const first of [claudeCode(1), codex(1), chat(1), gemini(1)]) {
    const { issued, stored, isFirstTurn } = belonging(first);
    assert.deepEqual({ issued, stored, isFirstTurn }, {
      issued: [],
      stored: [],
      isFirstTurn: true,
    });
  }
});

Deno.test("belongingOf() finds the signatures of thinking blocks, the newest first", () => {
  assert.deepEqual(belonging(claudeCode(3)).issued, issued(SIGNATURES[1], SIGNATURES[0]));
});

Deno.test("belongingOf() finds the encrypted content of reasoning items", () => {
  assert.deepEqual(belonging(codex(3)).issued, issued(REASONING[1], REASONING[0]));
});

Deno.test("belongingOf() finds Gemini's thought signatures, in either alphabet of base64", () => {
  const expected = issued(THOUGHTS[1], THOUGHTS[0]);
  assert.deepEqual(belonging(gemini(3)).issued, expected);
  const again = JSON.stringify(gemini(3)).replaceAll("CiQBDDnWxzCn/VIUQ9+", "CiQBDDnWxzCn_VIUQ9-");
  assert.deepEqual(belonging(again).issued, expected);
});

Deno.test("belongingOf() finds thought signatures that pass through OpenAI's format", () => {
  const google = { google: { thought_signature: THOUGHTS[0] } };
  const messages = [{ role: "assistant", tool_calls: [{ id: "call_1", extra_content: google }] }];
  assert.deepEqual(belonging({ messages }).issued, issued(THOUGHTS[0]));
});

Deno.test("belongingOf() puts the response that is continued before everything else", () => {
  const body = codex(2, { previous_response_id: "resp_68c1f0" });
  assert.deepEqual(belonging(body).issued, issued("resp_68c1f0", REASONING[0]));
});

Deno.test("belongingOf() finds the response that a path names", () => {
  for (const end of ["", "/cancel", "/input_items"]) {
    assert.deepEqual(
      belonging("", { path: `/v1/responses/resp_68c1f0${end}` }).issued,
      issued("resp_68c1f0"),
    );
  }
  assert.deepEqual(belonging("{}", { path: "/v1/responses" }).issued, []);
});

Deno.test("belongingOf() finds ids however the body is spaced and escaped", () => {
  const id = "EqQB/one+two==";
  const spellings = [
    `{"messages":[{"signature":"EqQB/one+two=="}]}`,
    `{"messages": [{"signature": "EqQB/one+two=="}]}`,
    `{\n "messages" : [ { "signature" \r\n:\t "EqQB/one+two==" } ]\n}`,
    `{"messages":[{"signature":"EqQB\\/one+two\\u003d\\u003d"}]}`,
    `{"messages":["模型 é",{"signature":"EqQB/one+two=="}]}`,
    `\ufeff{"messages":[{"signature":"EqQB/one+two=="}]}`,
  ];
  for (const text of spellings) assert.deepEqual(belonging(text).issued, issued(id), text);
});

Deno.test("belongingOf() takes no text for a key, and no other value for an id", () => {
  const texts = ['{"signature":"EqQBone"}', '\\"signature\\":\\"EqQBone\\"', '"signature":'];
  for (const content of texts) {
    assert.deepEqual(belonging({ messages: [{ role: "user", content }] }).issued, [], content);
  }
  for (const signature of [null, "", "a", 7, {}, [], "two words", "x\ny"]) {
    assert.deepEqual(belonging({ messages: [{ signature }] }).issued, [], String(signature));
  }
});

Deno.test("belongingOf() looks at the last eight of very many", () => {
  const ids = Array.from({ length: 20 }, (_, index) => `EqQB${index}`);
  const messages = ids.map((signature) => ({ signature }));
  assert.deepEqual(belonging({ messages }).issued, issued(...ids.slice(-8).reverse()));
});

Deno.test("belongingOf() leaves out an id that is too long to be one", () => {
  const long = (length: number) => ({ messages: [{ signature: "a".repeat(length) }] });
  assert.equal(belonging(long(200_000)).issued.length, 1);
  assert.equal(belonging(long(300_000)).issued.length, 0);
  assert.equal(belonging({ file_id: "f".repeat(256) }).stored.length, 1);
  assert.equal(belonging({ file_id: "f".repeat(257) }).stored.length, 0);
});

Deno.test("belongingOf() finds the stored objects that a path names", () => {
  const cases = [
    ["/v1/files/file-abc1/content", ["file-abc1"]],
    ["/v1/messages/batches/msgbatch_01/results", ["msgbatch_01"]],
    ["/v1/threads/thread_1/runs/run_1", ["thread_1", "run_1"]],
    ["/v1/vector_stores/vs_1/files/file-abc1", ["vs_1", "file-abc1"]],
    ["/v1/assistants/asst_1", ["asst_1"]],
    ["/v1/fine_tuning/jobs/ftjob-1", ["ftjob-1"]],
    ["/v1beta/cachedContents/abc123", ["abc123"]],
    ["/v1beta/files/abc123:download", ["abc123"]],
    ["/v1/files", []],
    ["/v1/files/", []],
    ["/v1/chat/completions", []],
  ] as const;
  for (const [path, ids] of cases) assert.deepEqual(belonging("", { path }).stored, stored(...ids));
});

Deno.test("belongingOf() finds the stored objects that a body names", () => {
  const file = { type: "document", source: { type: "file", file_id: "file_011" } };
  const uri = "https://generativelanguage.googleapis.com/v1beta/files/abc123";
  const search = { type: "file_search", vector_store_ids: ["vs_01", "vs_02"] };
  const cases: readonly (readonly [unknown, readonly string[]])[] = [
    [{ input_file_id: "file-abc1", endpoint: "/v1/responses" }, ["file-abc1"]],
    [{ assistant_id: "asst_1", thread_id: "thread_1" }, ["asst_1", "thread_1"]],
    [{ training_file: "file-1", validation_file: "file-2" }, ["file-1", "file-2"]],
    [{ name: "docs", file_ids: ["file-1", "file-2"] }, ["file-1", "file-2"]],
    [{ cachedContent: "cachedContents/abc123" }, ["abc123"]],
    [{ container: "container_01" }, ["container_01"]],
    [{ container: { id: "container_01", skills: [] } }, ["container_01"]],
    [{ conversation: { id: "conv_1" } }, ["conv_1"]],
    [{ messages: [{ role: "user", content: [file] }] }, ["file_011"]],
    [{ input: [{ role: "user", content: [{ type: "input_file", file_id: "file-1" }] }] }, [
      "file-1",
    ]],
    [{ input: "Hi", tools: [search] }, ["vs_01", "vs_02"]],
    [{ contents: [{ parts: [{ fileData: { fileUri: uri } }] }] }, ["abc123"]],
  ];
  for (const [body, ids] of cases) assert.deepEqual(belonging(body).stored, stored(...ids));
});

Deno.test("belongingOf() keeps nothing that can be read", () => {
  const headers = [["session_id", "0199-session"]] as const;
  const body = codex(2, { previous_response_id: "resp_68c1f0", container: "container_01" });
  const { issued, conversation, stored } = belonging(body, { headers });
  const digests = [...issued, conversation, ...stored];
  assert.equal(digests.length, 4);
  for (const digest of digests) assert.match(digest ?? "", /^[\w-]{22}$/);
});

Deno.test("belongingOf() never throws, whatever the body is", () => {
  const texts = fc.oneof(soup, anyObject.map((object) => textOf(object)));
  const key = fc.constantFrom(...BELONGING_KEYS, "signature", "role");
  const member = fc.tuple(key, fc.oneof(texts, fc.json())).map(([name, value]) =>
    `"${name}":${value}`
  );
  const objects = fc.array(member).map((members) => `{${members.join(",")}}`);
  const turns = fc.array(fc.oneof(fc.json(), soup)).map((all) => `{"messages":[${all.join(",")}]}`);
  const bodies = fc.oneof(fc.uint8Array({ maxLength: 60 }), texts, objects, turns);
  fc.assert(fc.property(bodies, fc.string(), (body, path) => {
    const { issued, stored, conversation } = belonging(body, { path: `/${path}` });
    const all = [...issued, ...stored, ...conversation === undefined ? [] : [conversation]];
    return all.every((digest) => /^[\w-]{22}$/.test(digest));
  }));
});

/** Made to be slow: with a pass over the rest for every place found, each would take minutes. */
const HOSTILE: Readonly<Record<string, string>> = {
  "keys without values": `{"messages":[${'"signature"'.repeat(300_000)}]}`,
  "values that hold each other": `{"messages":${'{"signature":'.repeat(200_000)}1${
    "}".repeat(200_000)
  }}`,
  "lists never closed": `{"messages":[${'"signature":['.repeat(200_000)}`,
  "turns that are all the user's": `{"messages":[${'{"role":"user"},'.repeat(200_000)}{}]}`,
  "turns within turns": `{"messages":[${"[".repeat(1_000_000)}${"]".repeat(1_000_000)},{}]}`,
  "a question too deep to be written": `{"messages":[{"role":"user","content":${
    "[".repeat(500_000)
  }${"]".repeat(500_000)}},{"role":"assistant"},{}]}`,
};

for (const [shape, text] of Object.entries(HOSTILE)) {
  Deno.test(`belongingOf() takes no time to speak of over megabytes made to be slow: ${shape}`, () => {
    const startedMs = performance.now();
    belonging(text);
    assert.ok(performance.now() - startedMs < 10_000);
  });
}
