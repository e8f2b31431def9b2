/** The SDK speaks to nobody but over TLS. */
import assert from "node:assert/strict";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { chain } from "../chain.ts";
import { AUTHORITY } from "../faults/certificates.ts";
import { rawReply, startReplier } from "../peer.ts";
import { startSecureProxy } from "../secure_proxy.ts";
import { type Connection, startSocketBackend } from "../websockets.ts";
import { openaiAt } from "./clients.ts";

/** A backend that greets, and answers each request for a response in two pieces. */
function converse(connection: Connection): void {
  const say = (event: Readonly<Record<string, unknown>>) => connection.send(JSON.stringify(event));
  say({ type: "session.created", event_id: "e1", session: { type: "realtime", model: "m" } });
  connection.on("message", (data: Uint8Array) => {
    if (JSON.parse(String(data)).type !== "response.create") return;
    for (const delta of ["Hel", "lo"]) say({ type: "response.output_text.delta", delta });
    say({ type: "response.done", response: { status: "completed" } });
  });
}

Deno.test("OpenAI's realtime client talks through the proxy, past a backend that is down", async () => {
  await using down = await startReplier(rawReply(503, [], "down"));
  await using backend = await startSocketBackend(converse);
  await using proxy = await startSecureProxy(chain({ down, backend }));
  const options = { ca: AUTHORITY };
  const realtime = new OpenAIRealtimeWS({ model: "chat", options }, openaiAt(proxy.url));
  const closed = new Promise<void>((resolve) => realtime.socket.on("close", () => resolve()));
  const text = await new Promise<string>((resolve, reject) => {
    let said = "";
    realtime.on("error", reject);
    realtime.on("session.created", () => realtime.send({ type: "response.create" }));
    realtime.on("response.output_text.delta", ({ delta }) => said += delta);
    realtime.on("response.done", () => resolve(said));
  });
  realtime.close({ code: 1000, reason: "done" });
  await closed;
  assert.equal(text, "Hello");
  const { url, headers } = backend.requests[0]!;
  assert.equal(url, "/v1/realtime?model=backend-model");
  assert.equal(headers.authorization, "Bearer sk-caller");
});

Deno.test("OpenAI's realtime client is told of a refusal", async () => {
  await using backend = await startReplier(rawReply(401, [], `{"error":{"message":"no"}}`));
  await using proxy = await startSecureProxy(chain({ backend }));
  const options = { ca: AUTHORITY };
  const realtime = new OpenAIRealtimeWS({ model: "chat", options }, openaiAt(proxy.url));
  const closed = new Promise<void>((resolve) => realtime.socket.on("close", () => resolve()));
  const { message } = await new Promise<Error>((resolve) => realtime.on("error", resolve));
  await closed;
  assert.match(message, /401/);
});
