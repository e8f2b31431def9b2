/** Stored files belong to the backend, and to the key, that made them: also after a restart. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest, textOf } from "../caller.ts";
import { CLOSED_PORT } from "../peer.ts";
import type { TestProxy } from "../proxy.ts";
import { isAnswer } from "./answers.ts";
import { type Settings, startStore, type Store } from "./store.ts";
import { fileAnswer, noSuchFile, replyOf } from "./storing_backend.ts";

const KEYED = ["Authorization: Bearer sk-caller"];

/** Uploads, which name no model. */
const UPLOADS: Readonly<Record<string, RawRequest>> = {
  "a form": {
    target: "/v1/files",
    lines: [...KEYED, "Content-Type: multipart/form-data; boundary=b"],
    body: `--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n` +
      `--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nGrüß Gott\r\n` +
      "--b--\r\n",
  },
  "JSON": {
    target: "/v1/files",
    lines: [...KEYED, "Content-Type: application/json"],
    body: `{"purpose":"user_data","url":"data:text/plain,Servus"}`,
  },
};
const UPLOAD = UPLOADS["a form"]!;

/** Later requests that name a file, and go by no model or by an alias whose first choice is `one`. */
const CHATS: Readonly<Record<string, (id: string) => RawRequest>> = {
  "a part of a chat": (id) => ({
    lines: KEYED,
    body: JSON.stringify({
      model: "chat",
      messages: [{ role: "user", content: [{ type: "file", file: { file_id: id } }] }],
    }),
  }),
  "a part of a response's input": (id) => ({
    target: "/v1/responses",
    lines: KEYED,
    body: JSON.stringify({
      model: "chat",
      input: [{ role: "user", content: [{ type: "input_file", file_id: id }] }],
    }),
  }),
  "a block of a message": (id) => ({
    target: "/v1/messages",
    lines: KEYED,
    body: JSON.stringify({
      model: "chat",
      max_tokens: 9,
      messages: [{
        role: "user",
        content: [{ type: "document", source: { type: "file", file_id: id } }],
      }],
    }),
  }),
};

function lookUp(id: string): RawRequest {
  return { method: "GET", target: `/v1/files/${id}`, lines: KEYED };
}

for (const [what, upload] of Object.entries(UPLOADS)) {
  Deno.test(`a file uploaded as ${what} is looked up where it was made, whoever takes new ones`, async () => {
    await using store = await startStore();
    await using proxy = await store.proxy({ taker: "two" });
    const id = await uploaded(proxy, upload);
    await proxy.configure(store.yaml({ taker: "one" }));
    isAnswer(await callRaw(proxy.url, lookUp(id)), fileAnswer(id));
    isAnswer(await callRaw(proxy.url, lookUp("file-nobody1")), noSuchFile("file-nobody1"));
    assert.deepEqual([store.one.files.size, store.two.files.size], [0, 1]);
  });
}

for (const [what, chat] of Object.entries(CHATS)) {
  Deno.test(`a call that names a file as ${what} goes to its maker`, async () => {
    await using store = await startStore();
    await using proxy = await store.proxy({ taker: "two" });
    const id = await uploaded(proxy, UPLOAD);
    isAnswer(await callRaw(proxy.url, chat(id)), replyOf("two"));
    isAnswer(await callRaw(proxy.url, chat("nothing")), replyOf("one"));
  });
}

Deno.test("a restarted proxy remembers who made a file", async () => {
  await using store = await startStore();
  const id = await madeBefore(store, { taker: "two" });
  await using proxy = await store.proxy({ taker: "one" });
  isAnswer(await callRaw(proxy.url, lookUp(id)), fileAnswer(id));
  for (const chat of Object.values(CHATS)) {
    isAnswer(await callRaw(proxy.url, chat(id)), replyOf("two"));
  }
});

Deno.test("a proxy whose stored_ids_file is off forgets at a restart who made a file", async () => {
  await using store = await startStore();
  const id = await madeBefore(store, { taker: "two", file: "" });
  await using proxy = await store.proxy({ taker: "one", file: "" });
  isAnswer(await callRaw(proxy.url, lookUp(id)), noSuchFile(id));
});

const POOL = "auth: inject, api_key: [sk-pool-1, sk-pool-2, sk-pool-3]";

Deno.test("a file is looked up and named with the key of the pool that made it", async () => {
  await using store = await startStore();
  await using proxy = await store.proxy({ taker: "two", keys: POOL });
  const ids = await uploadedInTurn(proxy);
  assert.equal(new Set(store.two.files.values()).size, 3);
  await isFoundWithItsKey(proxy, ids);
});

Deno.test("a restarted proxy remembers the key that made a file", async () => {
  await using store = await startStore();
  const ids: string[] = [];
  {
    await using proxy = await store.proxy({ taker: "two", keys: POOL });
    ids.push(...await uploadedInTurn(proxy));
  }
  await using proxy = await store.proxy({ taker: "one", keys: POOL });
  await isFoundWithItsKey(proxy, ids.toReversed());
  assert.doesNotMatch(await Deno.readTextFile(store.file), /sk-pool|file-two/);
});

Deno.test("a call that names a file moves on when its maker is dead, and gets the living one's own words", async () => {
  await using store = await startStore();
  await using proxy = await store.proxy({ taker: "two" });
  const id = await uploaded(proxy, UPLOAD);
  await proxy.configure(
    store.yaml({ taker: "two", two: `http://127.0.0.1:${CLOSED_PORT}` }),
  );
  const chat = CHATS["a part of a chat"]!;
  isAnswer(await callRaw(proxy.url, chat(id)), noSuchFile(id));
  isAnswer(await callRaw(proxy.url, chat("nothing")), replyOf("one"));
});

/** The id of a file that the default backend made. */
async function uploaded(proxy: TestProxy, upload: RawRequest): Promise<string> {
  const got = await callRaw(proxy.url, upload);
  assert.equal(got.status, 200);
  return JSON.parse(textOf(got)).id;
}

/** The id of a file that was made through a proxy that is no more. */
async function madeBefore(store: Store, settings: Settings): Promise<string> {
  await using proxy = await store.proxy(settings);
  return await uploaded(proxy, UPLOAD);
}

async function uploadedInTurn(proxy: TestProxy): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < 6; made++) ids.push(await uploaded(proxy, UPLOAD));
  return ids;
}

/** The backend knows a file by its own key alone, so that with another one there would be a 404. */
async function isFoundWithItsKey(proxy: TestProxy, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    isAnswer(await callRaw(proxy.url, lookUp(id)), fileAnswer(id));
    isAnswer(await callRaw(proxy.url, CHATS["a part of a chat"]!(id)), replyOf("two"));
  }
}
