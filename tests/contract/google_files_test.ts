/** The official Google SDK: files, which name no model and go to the default backend. */
import assert from "node:assert/strict";
import { reply, type Script } from "../peer.ts";
import { googleAt, rest } from "./clients.ts";
import { json } from "./providers.ts";
import { type Destination, linesOf, sameBothWays } from "./same_both_ways.ts";

const FILE = {
  name: "files/abc",
  mimeType: "application/octet-stream",
  sizeBytes: "256",
  uri: "https://generativelanguage.googleapis.com/v1beta/files/abc",
  state: "ACTIVE",
};
const STORED = { basePath: "", settings: "default_backend: primary\n" };

function passed<T>(provider: Script, call: (to: Destination) => Promise<T>) {
  return sameBothWays(provider, call, STORED);
}

Deno.test("google files.get() and delete() reach the backend", async () => {
  const provider: Script = (exchange) =>
    json(exchange.request.method === "DELETE" ? {} : FILE)(exchange);
  const run = await passed(provider, async ({ url }) => {
    const { files } = googleAt(url);
    const { state } = await files.get({ name: FILE.name });
    await files.delete({ name: FILE.name });
    return state;
  });
  assert.equal(run.result, "ACTIVE");
  assert.deepEqual(linesOf(run), ["GET /v1beta/files/abc", "DELETE /v1beta/files/abc"]);
});

Deno.test("google files.list() pages by the backend's token", async () => {
  const provider: Script = ({ request, write }) => {
    const more = request.target.includes("pageToken") ? {} : { nextPageToken: "t/2=" };
    return write(reply(200, JSON.stringify({ files: [FILE], ...more })));
  };
  const run = await passed(provider, async ({ url }) => {
    const files = await rest(await googleAt(url).files.list({ config: { pageSize: 1 } }));
    return files.map(({ name }) => name);
  });
  assert.deepEqual(run.result, ["files/abc", "files/abc"]);
  assert.deepEqual(linesOf(run), [
    "GET /v1beta/files?pageSize=1",
    "GET /v1beta/files?pageSize=1&pageToken=t%2F2%3D",
  ]);
});
