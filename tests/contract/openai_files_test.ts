/** The official OpenAI SDK: files and batches, which name no model and go to the default backend. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { toFile } from "openai";
import { reply, type Script } from "../peer.ts";
import { openaiAt, rest } from "./clients.ts";
import { always, byPath, json } from "./providers.ts";
import { type Destination, jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

const SETTINGS = { settings: "default_backend: primary\n" };
const FILE = {
  id: "file-1",
  object: "file",
  bytes: 26,
  created_at: 1770933892,
  filename: "calls.jsonl",
  purpose: "batch",
  status: "processed",
} as const;
const BATCH = {
  id: "batch_1",
  object: "batch",
  endpoint: "/v1/chat/completions",
  input_file_id: "file-1",
  completion_window: "24h",
  status: "validating",
  created_at: 1770933892,
} as const;
/** Every byte, so that no coding of text survives unseen. */
const BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);

function passed<T>(provider: Script, call: (to: Destination) => Promise<T>) {
  return sameBothWays(provider, call, SETTINGS);
}

Deno.test("openai files.create() uploads every byte", async () => {
  const run = await passed(byPath({ "/v1/files": json(FILE) }), async ({ url }) => {
    const file = await toFile(BYTES, "calls.jsonl", { type: "application/jsonl" });
    return await openaiAt(url).files.create({ file, purpose: "batch" });
  });
  assert.deepEqual(run.result, FILE);
  assert.deepEqual(linesOf(run), ["POST /v1/files"]);
  const body = run.requests[0]?.body ?? "";
  assert.ok(body.includes(`\r\n\r\n${Buffer.from(BYTES).toString("latin1")}\r\n--BOUNDARY`));
  assert.match(body, /name="purpose"\r\n\r\nbatch\r\n/);
});

Deno.test("openai files.list() pages by the last id", async () => {
  const page = (id: string, has_more: boolean) => ({
    object: "list",
    data: [{ ...FILE, id }],
    has_more,
  });
  const provider: Script = ({ request, write }) => {
    const body = request.target.includes("after=file-1")
      ? page("file-2", false)
      : page("file-1", true);
    return write(reply(200, JSON.stringify(body)));
  };
  const run = await passed(provider, async ({ url }) => {
    return await rest(openaiAt(url).files.list({ limit: 1, purpose: "batch" }));
  });
  assert.deepEqual(run.result.map(({ id }) => id), ["file-1", "file-2"]);
  assert.deepEqual(linesOf(run).map((line) => line.split("?")[0]), [
    "GET /v1/files",
    "GET /v1/files",
  ]);
  assert.match(linesOf(run)[1] ?? "", /[?&]purpose=batch(&|$)/);
});

Deno.test("openai files.retrieve() gives the backend's file", async () => {
  const run = await passed(byPath({ "/v1/files/file-1": json(FILE) }), ({ url }) => {
    return openaiAt(url).files.retrieve("file-1");
  });
  assert.deepEqual(run.result, FILE);
  assert.deepEqual(linesOf(run), ["GET /v1/files/file-1"]);
});

Deno.test("openai files.content() downloads every byte", async () => {
  const content = always(reply(200, BYTES, { "content-type": "application/octet-stream" }));
  const run = await passed(byPath({ "/v1/files/file-1/content": content }), async ({ url }) => {
    return await (await openaiAt(url).files.content("file-1")).bytes();
  });
  assert.deepEqual(run.result, BYTES);
  assert.deepEqual(linesOf(run), ["GET /v1/files/file-1/content"]);
});

Deno.test("openai files.delete() deletes at the backend", async () => {
  const deleted = { id: "file-1", object: "file", deleted: true } as const;
  const run = await passed(byPath({ "/v1/files/file-1": json(deleted) }), ({ url }) => {
    return openaiAt(url).files.delete("file-1");
  });
  assert.deepEqual(run.result, deleted);
  assert.deepEqual(linesOf(run), ["DELETE /v1/files/file-1"]);
});

Deno.test("openai batches.create() starts the backend's batch", async () => {
  const asked = {
    input_file_id: "file-1",
    endpoint: "/v1/chat/completions",
    completion_window: "24h",
    metadata: { job: "nightly" },
  } as const;
  const run = await passed(byPath({ "/v1/batches": json(BATCH) }), ({ url }) => {
    return openaiAt(url).batches.create(asked);
  });
  assert.deepEqual(run.result, BATCH);
  assert.deepEqual(linesOf(run), ["POST /v1/batches"]);
  assert.deepEqual(jsonOf(run), asked);
});

Deno.test("openai batches.retrieve() gives the backend's batch", async () => {
  const run = await passed(byPath({ "/v1/batches/batch_1": json(BATCH) }), ({ url }) => {
    return openaiAt(url).batches.retrieve("batch_1");
  });
  assert.deepEqual(run.result, BATCH);
  assert.deepEqual(linesOf(run), ["GET /v1/batches/batch_1"]);
});

Deno.test("openai batches.cancel() cancels at the backend, with no body", async () => {
  const cancelling = { ...BATCH, status: "cancelling" };
  const path = "/v1/batches/batch_1/cancel";
  const run = await passed(byPath({ [path]: json(cancelling) }), ({ url }) => {
    return openaiAt(url).batches.cancel("batch_1");
  });
  assert.deepEqual(run.result, cancelling);
  assert.deepEqual(linesOf(run), [`POST ${path}`]);
  assert.equal(run.requests[0]?.body, "");
});
