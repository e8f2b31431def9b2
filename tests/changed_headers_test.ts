/** `backends[].headers`: the only way in which a header other than the credential changes. */
import assert from "node:assert/strict";
import { callRaw } from "./caller.ts";
import { reply, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const BODY = `{"model":"chat"}`;

/** The header lines that a backend gets, less those of its hop. */
async function sent(lines: readonly string[], backend: string): Promise<string[]> {
  await using peer = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(`
backends: [{ name: b, url: "${peer.url}", ${backend} }]
models: { chat: [{ backend: b, model: m }] }`);
  assert.equal((await callRaw(proxy.url, { body: BODY, lines })).status, 200);
  const [seen] = peer.requests;
  return seen?.head.split("\r\n").slice(1)
    .filter((line) => !/^(?:host|connection|content-length):/i.test(line)) ?? [];
}

const LINES = ["X-First: 1", "X-Team: red", "Accept: */*", "x-team: green", "X-Last: 1"];

Deno.test("a backend gets a set header in place of the caller's, spelled as configured", async () => {
  assert.deepEqual(await sent(LINES, `headers: { set: { X-TEAM: "blue; a=\\"b\\"" } }`), [
    "X-First: 1",
    `X-TEAM: blue; a="b"`,
    "Accept: */*",
    "X-Last: 1",
  ]);
});

Deno.test("a backend gets a set header that the caller did not send, after the others", async () => {
  const headers = `headers: { set: { X-New: a, x-Newer: b } }`;
  assert.deepEqual(await sent(LINES, headers), [...LINES, "X-New: a", "x-Newer: b"]);
});

Deno.test("a backend gets no header that is to be removed", async () => {
  const headers = `headers: { remove: [X-Team, accept, X-Absent] }`;
  assert.deepEqual(await sent(LINES, headers), ["X-First: 1", "X-Last: 1"]);
});

Deno.test("a backend gets a header that is removed and set, at the end", async () => {
  const headers = `headers: { remove: [x-team], set: { X-Team: blue } }`;
  assert.deepEqual(await sent(LINES, headers), [
    "X-First: 1",
    "Accept: */*",
    "X-Last: 1",
    "X-Team: blue",
  ]);
});

Deno.test("a backend gets a credential that is set for it, and none that is removed", async () => {
  const lines = ["Authorization: Bearer sk-mine", "Cookie: a=1", "X-Api-Key: sk-mine-too"];
  const headers = `headers: { remove: [cookie, x-api-key], set: { Authorization: "Token own" } }`;
  assert.deepEqual(await sent(lines, headers), ["Authorization: Token own"]);
});

Deno.test("a backend gets its key elsewhere where the caller's place is removed", async () => {
  const inject = `auth: inject, api_key: sk-own, headers: { remove: [x-goog-api-key] }`;
  assert.deepEqual(await sent(["x-goog-api-key: mine"], inject), ["authorization: Bearer sk-own"]);
});

Deno.test("a backend whose headers are not to change gets them as they came", async () => {
  assert.deepEqual(await sent(LINES, "headers: {}"), LINES);
});
