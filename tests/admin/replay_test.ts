import assert from "node:assert/strict";
import { callRaw, textOf } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { type Stage, startStage } from "./stage.ts";

const KEY = "caller-key-0123456789";

async function post({ admin }: Stage, path: string) {
  const headers = { "content-type": "application/json", "x-llm-proxy": "1" };
  const response = await fetch(admin.url + path, { method: "POST", headers, body: "{}" });
  return { status: response.status, body: await response.json() };
}

async function listed({ admin, state }: Stage): Promise<{ id: string }[]> {
  await state.journal.flush();
  return (await (await fetch(`${admin.url}/api/requests`)).json()).rows;
}

Deno.test("POST /api/requests/ID/replay sends the request again, as its caller", async () => {
  await using backend = await startReplier(reply(200, `{"choices":[{"message":{}}]}`));
  await using stage = await startStage(`clients: [{ name: laptop, key: ${KEY} }]
backends: [{ name: one, url: "${backend.url}", auth: inject, api_key: sk-own-0123456789 }]
models: { chat: [{ backend: one, model: m }] }
`);
  const lines = [`x-api-key: ${KEY}`, "X-Odd: Yes"];
  const body = `{ "model":"chat", "messages":[] }`;
  await callRaw(stage.url, { target: "/v1/messages?beta=true", lines, body });
  const [row] = await listed(stage);
  const replayed = await post(stage, `/api/requests/${row?.id}/replay`);
  assert.deepEqual(replayed.body, { status: 200, bytes: 28, broken: "" });
  const [first, again] = backend.requests;
  assert.ok(first !== undefined && again !== undefined);
  assert.deepEqual([again.target, textOf(again)], [first.target, textOf(first)]);
  assert.match(again.head, /^x-odd: yes$/im);
  assert.doesNotMatch(again.head, new RegExp(KEY));
  assert.equal((await listed(stage)).length, 2);
});

Deno.test("POST /api/requests/ID/replay says why it cannot", async () => {
  await using backend = await startReplier(reply(200, `{"choices":[{"message":{}}]}`));
  await using stage = await startStage(`backends: [{ name: one, url: "${backend.url}" }]
models: { chat: [{ backend: one, model: m }] }
logging: { max_body_kb: 0.01 }
`);
  assert.equal((await post(stage, "/api/requests/00000000/replay")).status, 404);
  await callRaw(stage.url, { body: `{"model":"chat","messages":[]}` });
  const [row] = await listed(stage);
  const { status, body } = await post(stage, `/api/requests/${row?.id}/replay`);
  assert.equal(status, 409);
  assert.match(body.error.message, /cannot be sent again: its body was truncated to 10 bytes/);
  assert.equal(backend.requests.length, 1);
});
