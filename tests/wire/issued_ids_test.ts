import assert from "node:assert/strict";
import fc from "fast-check";
import { type AnsweredRequest, idsInEvent, idsInReply } from "../../lib/wire/issued_ids.ts";
import { belonging, issued, stored } from "./asked.ts";
import { claudeCode, codex, gemini, REASONING, SIGNATURES, THOUGHTS } from "./conversations.ts";

const NOTHING = { issued: [], stored: [] };
const ASKED: AnsweredRequest = { method: "POST", path: "/v1/responses" };

function inEvent(data: unknown, { truncated = false } = {}) {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return idsInEvent({ type: "", data: text, truncated });
}

function inReply(body: unknown, request: Partial<AnsweredRequest> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return idsInReply(new TextEncoder().encode(text), { ...ASKED, ...request });
}

const SIGNED = {
  type: "content_block_delta",
  index: 0,
  delta: { type: "signature_delta", signature: SIGNATURES[0] },
};
const SEALED = {
  type: "response.output_item.done",
  item: { type: "reasoning", id: "rs_1", summary: [], encrypted_content: REASONING[0] },
};
const THOUGHT = {
  candidates: [{
    content: { role: "model", parts: [{ text: "Hm", thoughtSignature: THOUGHTS[0] }] },
  }],
};

Deno.test("idsInEvent() finds what a later request belongs by", () => {
  const later = [[SIGNED, claudeCode(2)], [SEALED, codex(2)], [THOUGHT, gemini(2)]] as const;
  for (const [event, request] of later) {
    assert.equal(belonging(request).issued.length, 1);
    assert.deepEqual(inEvent(event).issued, belonging(request).issued);
  }
});

Deno.test("idsInEvent() finds a signature that comes with the start of its block", () => {
  const block = { type: "thinking", thinking: "", signature: SIGNATURES[0] };
  const start = { type: "content_block_start", index: 0, content_block: block };
  assert.deepEqual(inEvent(start).issued, issued(SIGNATURES[0]));
  const empty = { ...start, content_block: { ...block, signature: "" } };
  assert.deepEqual(inEvent(empty), NOTHING);
});

Deno.test("idsInEvent() finds the response's id when it begins and when it ends", () => {
  for (const type of ["response.created", "response.completed", "response.incomplete"]) {
    for (const id of ["resp_68c1f0", "0b5dbe22-xai"]) {
      const response = { object: "response", id, output: [{ id: "msg_1" }] };
      assert.deepEqual(inEvent({ type, response }).issued, issued(id));
    }
  }
});

Deno.test("idsInEvent() finds the container in which code ran", () => {
  const delta = { container: { id: "container_01", expires_at: "2026-01-01" } };
  assert.deepEqual(inEvent({ type: "message_delta", delta }).stored, stored("container_01"));
  const item = { type: "code_interpreter_call", container_id: "cntr_1" };
  assert.deepEqual(inEvent({ type: "response.output_item.done", item }).stored, stored("cntr_1"));
});

Deno.test("idsInEvent() finds nothing in an event that issues nothing", () => {
  const events = [
    "[DONE]",
    { type: "response.output_text.delta", item_id: "msg_1", delta: "resp_68c1f0" },
    { type: "content_block_delta", delta: { type: "text_delta", text: '"signature":"EqQBone"' } },
    { id: "chatcmpl-1", object: "chat.completion.chunk", choices: [] },
    { type: "message_start", message: { id: "msg_1", container: null } },
  ];
  for (const event of events) assert.deepEqual(inEvent(event), NOTHING);
});

Deno.test("idsInEvent() finds nothing in an event of which only the start is there", () => {
  assert.deepEqual(inEvent(SIGNED, { truncated: true }), NOTHING);
});

Deno.test("idsInReply() finds what a model's answer carries", () => {
  const reasoning = { type: "reasoning", encrypted_content: REASONING[0] };
  const response = { id: "resp_68c1f0", object: "response", output: [reasoning] };
  assert.deepEqual(inReply(response).issued, issued("resp_68c1f0", REASONING[0]));
  const thinking = { type: "thinking", thinking: "Hm", signature: SIGNATURES[0] };
  const message = { id: "msg_1", type: "message", content: [thinking] };
  assert.deepEqual(
    inReply(message, { path: "/v1/messages" }).issued,
    issued(SIGNATURES[0]),
  );
  assert.deepEqual(inReply(THOUGHT).issued, issued(THOUGHTS[0]));
});

Deno.test("idsInReply() knows a response by its id or by what it says it is", () => {
  assert.deepEqual(inReply({ id: "resp_68c1f0" }).issued, issued("resp_68c1f0"));
  assert.deepEqual(inReply({ id: "0b5dbe22", object: "response" }).issued, issued("0b5dbe22"));
  assert.deepEqual(inReply({ id: "chatcmpl-1", object: "chat.completion" }), NOTHING);
});

Deno.test("idsInReply() finds the stored object that was made", () => {
  const cases = [
    ["/v1/files", { id: "file-abc1", object: "file" }, ["file-abc1"]],
    ["/v1/assistants", { id: "asst_1", name: "Files of mine" }, ["asst_1"]],
    ["/v1/messages/batches", { id: "msgbatch_01", type: "message_batch" }, ["msgbatch_01"]],
    ["/v1/threads/runs", { id: "run_1", thread_id: "thread_1" }, ["run_1", "thread_1"]],
    ["/v1beta/cachedContents", { name: "cachedContents/abc123" }, ["abc123"]],
    ["/upload/v1beta/files", { file: { name: "files/abc123", uri: "u" } }, ["abc123"]],
    ["/v1beta/models/gemini:batchGenerateContent", { name: "batches/abc123" }, ["abc123"]],
  ] as const;
  for (const [path, body, ids] of cases) {
    assert.deepEqual(inReply(body, { path }), { issued: [], stored: stored(...ids) }, path);
  }
});

Deno.test("idsInReply() finds the file that a finished batch wrote, for whoever asks about it", () => {
  const batch = { id: "batch_1", output_file_id: "file-out1", error_file_id: null };
  const request = { method: "GET", path: "/v1/batches/batch_1" };
  assert.deepEqual(inReply(batch, request).stored, stored("file-out1"));
});

Deno.test("idsInReply() gives what belongingOf() finds in a later request", () => {
  const made = inReply({ id: "file-abc1" }, { path: "/v1/files" }).stored;
  assert.deepEqual(belonging("", { path: "/v1/files/file-abc1/content" }).stored, made);
  assert.deepEqual(belonging({ input_file_id: "file-abc1" }).stored, made);
});

Deno.test("idsInReply() and idsInEvent() never throw, whatever comes", () => {
  const keys = fc.constantFrom("id", "signature", "response", "file", "container", "object");
  const member = fc.tuple(keys, fc.oneof(fc.json(), fc.string())).map(([k, v]) => `"${k}":${v}`);
  const bodies = fc.oneof(fc.string(), fc.json(), fc.array(member).map((all) => `{${all}}`));
  const paths = fc.constantFrom("/v1/files", "/v1/responses", "/");
  fc.assert(fc.property(bodies, paths, (body, path) => {
    const { issued, stored } = inReply(body, { path });
    const fromEvent = inEvent(body);
    return [...issued, ...stored, ...fromEvent.issued, ...fromEvent.stored]
      .every((digest) => /^[\w-]{22}$/.test(digest));
  }));
});
