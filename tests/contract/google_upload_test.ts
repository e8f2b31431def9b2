/** The official Google SDK: uploads, in two steps, of bytes that it calls JSON. */
import assert from "node:assert/strict";
import { reply, type Script } from "../peer.ts";
import { googleAt } from "./clients.ts";
import { type Destination, jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

const FILE = {
  name: "files/abc",
  mimeType: "application/octet-stream",
  sizeBytes: "256",
  uri: "https://generativelanguage.googleapis.com/v1beta/files/abc",
  state: "ACTIVE",
};
const BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);
const STORED = { basePath: "", settings: "default_backend: primary\n" };

function passed<T>(provider: Script, call: (to: Destination) => Promise<T>) {
  return sameBothWays(provider, call, STORED);
}

/** Starts an upload, then takes its bytes. https://ai.google.dev/gemini-api/docs/files */
const UPLOADS: Script = ({ request, write }) => {
  if (request.target.includes("upload_id=")) {
    const final = { "x-goog-upload-status": "final" };
    return write(reply(200, JSON.stringify({ file: FILE }), final));
  }
  const path = "/upload/v1beta/files?upload_id=u-1&upload_protocol=resumable";
  const session = {
    // Google names its own host; the SDK goes on at the base URL it was given.
    "x-goog-upload-url": `https://generativelanguage.googleapis.com${path}`,
    "x-goog-upload-status": "active",
  };
  return write(reply(200, `{"ok":1}`, session));
};

Deno.test("google files.upload() uploads every byte, both steps through the proxy", async () => {
  const run = await passed(UPLOADS, async ({ url }) => {
    const file = new Blob([BYTES], { type: FILE.mimeType });
    const { name, sizeBytes } = await googleAt(url).files.upload({ file });
    return { name, sizeBytes };
  });
  assert.deepEqual(run.result, { name: FILE.name, sizeBytes: FILE.sizeBytes });
  assert.deepEqual(linesOf(run), [
    "POST /upload/v1beta/files",
    "POST /upload/v1beta/files?upload_id=u-1&upload_protocol=resumable",
  ]);
  assert.deepEqual(jsonOf(run, 0), { file: { mimeType: FILE.mimeType, sizeBytes: "256" } });
  const [start, content] = run.requests;
  assert.equal(start?.headers["x-goog-upload-command"], "start");
  assert.equal(content?.headers["x-goog-upload-command"], "upload, finalize");
  assert.deepEqual(Uint8Array.from(content?.body ?? "", (char) => char.charCodeAt(0)), BYTES);
});
