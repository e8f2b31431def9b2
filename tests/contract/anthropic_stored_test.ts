/** The official Anthropic SDK: batches and files, which name no model and go to the default backend. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { toFile } from "@anthropic-ai/sdk";
import { reply, type Script } from "../peer.ts";
import { MESSAGE } from "./anthropic_replies.ts";
import { anthropicAt, rest } from "./clients.ts";
import { always, byPath, json } from "./providers.ts";
import { type Destination, jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

const BATCHES = "/v1/messages/batches";
const BATCH = {
  id: "msgbatch_1",
  type: "message_batch",
  processing_status: "in_progress",
  request_counts: { processing: 1, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
  ended_at: null,
  created_at: "2026-01-01T00:00:00Z",
  expires_at: "2026-01-02T00:00:00Z",
  archived_at: null,
  cancel_initiated_at: null,
  results_url: null,
};
const FILE = {
  id: "file_011",
  type: "file",
  filename: "notes.pdf",
  mime_type: "application/pdf",
  size_bytes: 256,
  created_at: "2026-01-01T00:00:00Z",
  downloadable: true,
};
const BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);
const BETA = "files-api-2025-04-14";

function passed<T>(provider: Script, call: (to: Destination) => Promise<T>) {
  return sameBothWays(provider, call, { settings: "default_backend: primary\n" });
}

Deno.test("anthropic messages.batches.create() passes the requests, their models untouched", async () => {
  const requests = [{
    custom_id: "one",
    params: {
      model: "model-a",
      max_tokens: 64,
      messages: [{ role: "user" as const, content: "Hello" }],
    },
  }];
  const run = await passed(byPath({ [BATCHES]: json(BATCH) }), ({ url }) => {
    return anthropicAt(url).messages.batches.create({ requests });
  });
  assert.deepEqual(run.result, BATCH);
  assert.deepEqual(linesOf(run), [`POST ${BATCHES}`]);
  assert.deepEqual(jsonOf(run), { requests });
});

Deno.test("anthropic messages.batches.retrieve() gives the backend's batch", async () => {
  const run = await passed(byPath({ [`${BATCHES}/msgbatch_1`]: json(BATCH) }), ({ url }) => {
    return anthropicAt(url).messages.batches.retrieve("msgbatch_1");
  });
  assert.deepEqual(run.result, BATCH);
  assert.deepEqual(linesOf(run), [`GET ${BATCHES}/msgbatch_1`]);
});

Deno.test("anthropic messages.batches.list() lists the backend's batches", async () => {
  const page = { data: [BATCH], has_more: false, first_id: "msgbatch_1", last_id: "msgbatch_1" };
  const run = await passed(byPath({ [BATCHES]: json(page) }), ({ url }) => {
    return rest(anthropicAt(url).messages.batches.list({ limit: 20 }));
  });
  assert.deepEqual(run.result, [BATCH]);
  assert.deepEqual(linesOf(run), [`GET ${BATCHES}?limit=20`]);
});

Deno.test("anthropic messages.batches.cancel() and delete() reach the backend", async () => {
  const canceling = { ...BATCH, processing_status: "canceling" };
  const deleted = { id: "msgbatch_1", type: "message_batch_deleted" };
  const provider = byPath({
    [`${BATCHES}/msgbatch_1/cancel`]: json(canceling),
    [`${BATCHES}/msgbatch_1`]: json(deleted),
  });
  const run = await passed(provider, async ({ url }) => {
    const { batches } = anthropicAt(url).messages;
    return [await batches.cancel("msgbatch_1"), await batches.delete("msgbatch_1")];
  });
  assert.deepEqual(run.result, [canceling, deleted]);
  assert.deepEqual(linesOf(run), [
    `POST ${BATCHES}/msgbatch_1/cancel`,
    `DELETE ${BATCHES}/msgbatch_1`,
  ]);
});

Deno.test("anthropic messages.batches.results() reads the lines of where the batch says they are", async () => {
  const line = (custom_id: string) => ({
    custom_id,
    result: { type: "succeeded", message: MESSAGE },
  });
  const lines = [line("one"), line("two")];
  const path = `${BATCHES}/msgbatch_1`;
  const type = { "content-type": "application/x-jsonl" };
  const jsonl = lines.map((each) => `${JSON.stringify(each)}\n`).join("");
  const provider = byPath({
    // The vendor's own host in a real one; a path of it goes wherever the client's base URL does.
    [path]: json({ ...BATCH, processing_status: "ended", results_url: `${path}/results` }),
    [`${path}/results`]: always(reply(200, jsonl, type)),
  });
  const run = await passed(provider, async ({ url }) => {
    return await rest(await anthropicAt(url).messages.batches.results("msgbatch_1"));
  });
  assert.deepEqual(run.result, lines);
  assert.deepEqual(linesOf(run), [`GET ${path}`, `GET ${path}/results`]);
});

Deno.test("anthropic beta.files.upload() uploads every byte, with its beta header", async () => {
  const run = await passed(byPath({ "/v1/files": json(FILE) }), async ({ url }) => {
    const file = await toFile(BYTES, "notes.pdf", { type: "application/pdf" });
    return await anthropicAt(url).beta.files.upload({ file, betas: [BETA] });
  });
  assert.deepEqual(run.result, FILE);
  assert.deepEqual(linesOf(run), ["POST /v1/files"]);
  const [request] = run.requests;
  const content = `\r\n\r\n${Buffer.from(BYTES).toString("latin1")}\r\n--BOUNDARY`;
  assert.ok(request?.body.includes(content));
  assert.equal(request?.headers["anthropic-beta"], BETA);
});

Deno.test("anthropic beta.files: metadata, list, download and delete reach the backend", async () => {
  const page = { data: [FILE], has_more: false, first_id: FILE.id, last_id: FILE.id };
  const download = always(reply(200, BYTES, { "content-type": "application/pdf" }));
  const provider: Script = (exchange) =>
    byPath({
      "/v1/files": json(page),
      [`/v1/files/${FILE.id}`]: exchange.request.method === "DELETE"
        ? json({ id: FILE.id, type: "file_deleted" })
        : json(FILE),
      [`/v1/files/${FILE.id}/content`]: download,
    })(exchange);
  const run = await passed(provider, async ({ url }) => {
    const { files } = anthropicAt(url).beta;
    return {
      metadata: await files.retrieveMetadata(FILE.id),
      list: await rest(files.list({ limit: 10 })),
      content: new Uint8Array(await (await files.download(FILE.id)).arrayBuffer()),
      deleted: (await files.delete(FILE.id)).type,
    };
  });
  const expected = { metadata: FILE, list: [FILE], content: BYTES, deleted: "file_deleted" };
  assert.deepEqual(run.result, expected);
  assert.deepEqual(linesOf(run).map((line) => line.replace(/[?].*/, "")), [
    `GET /v1/files/${FILE.id}`,
    "GET /v1/files",
    `GET /v1/files/${FILE.id}/content`,
    `DELETE /v1/files/${FILE.id}`,
  ]);
});
