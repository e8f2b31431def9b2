import assert from "node:assert/strict";
import { identify } from "../../lib/policy/identify.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import { otherModelIn } from "../../lib/wire/other_model.ts";
import { receive } from "../../lib/wire/receive.ts";
import type { Incoming } from "../../lib/wire/incoming.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";

const SNAPSHOT = snapshotOf([aliasOf("gpt/voice", [routeOf(backendOf("a"))])]);
const ASKING: RawHeaders = [["Connection", "Upgrade"], ["Upgrade", "websocket"]];

async function identified(target: string, given: Partial<typeof SNAPSHOT> = {}) {
  const incoming: Pick<Incoming, "method" | "target" | "headers" | "read" | "reader"> = {
    method: "GET",
    target,
    headers: ASKING,
    read: () => Promise.resolve(new Uint8Array()),
    reader: () => () => Promise.resolve(undefined),
  };
  const received = await receive({ ...ABSENT, ...incoming }, { maxBodyBytes: 1 });
  assert.ok(received.kind === "received");
  const snapshot = { ...SNAPSHOT, ...given };
  const nobody = { caller: undefined, nearest: () => [], keeper: () => undefined, otherModelIn };
  return identify(received, { snapshot, ...nobody });
}

const ABSENT = { caller: "127.0.0.1:9", signal: new AbortController().signal };

Deno.test("identify() takes a WebSocket's model from its query, decoded", async () => {
  const call = await identified("/v1/realtime?x=1&model=gpt%2Fvoice");
  assert.ok(call.kind === "call");
  assert.equal(call.alias.name, "gpt/voice");
  assert.deepEqual([call.upgrade, call.streamed], [true, true]);
});

Deno.test("identify() takes a WebSocket's model from a path that names it", async () => {
  const call = await identified("/v1beta/models/gpt%2Fvoice:bidiGenerateContent");
  assert.ok(call.kind === "call");
  assert.equal(call.alias.name, "gpt/voice");
});

Deno.test("identify() refuses a WebSocket without a model with 426, default backend or not", async () => {
  const defaultBackend = backendOf("default");
  for (const given of [{}, { defaultBackend }]) {
    const refusal = await identified("/v1/responses", given);
    assert.ok(refusal.kind === "refusal");
    assert.equal(refusal.problem.status, 426);
  }
});

Deno.test("identify() gives a WebSocket's unknown model to the default backend", async () => {
  const call = await identified("/v1/realtime?model=other", { defaultBackend: backendOf("z") });
  assert.ok(call.kind === "call");
  assert.equal(call.alias.routes[0]?.backend.name, "z");
});
