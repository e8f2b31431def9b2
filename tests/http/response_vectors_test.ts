/** Every response vector, through a whole proxy, from a backend that speaks in bytes. */
import assert from "node:assert/strict";
import {
  connectTo,
  lineValue,
  passedLines,
  type RawReply,
  requestBytes,
  textOf,
} from "../caller.ts";
import { type Exchange, startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { RESPONSE_VECTORS, type ResponseVector } from "./response_vectors.ts";

const NEXT = "HTTP/1.1 200 OK\r\nX-Next: yes\r\nContent-Length: 4\r\n\r\nnext";

/** Sends the vector's bytes where its model asks for it, and a plain reply to whatever else comes. */
function speaking(named: ReadonlyMap<string, ResponseVector>) {
  return async ({ request, write, close }: Exchange) => {
    const vector = named.get(request.target);
    if (vector === undefined) return await write(NEXT);
    await write(Uint8Array.from(vector.bytes, (character) => character.charCodeAt(0)));
    if (vector.ends) close();
  };
}

/** A call on no alias: its reply is looked into by nobody. */
function call(target: string, method = "POST") {
  const bodiless = method === "HEAD";
  return requestBytes({ method, target, ...!bodiless && { body: `{"model":"m${target}"}` } });
}

function assertGets({ gets, lines, name }: ResponseVector, got: RawReply): void {
  if (gets.kind === "fault") {
    assert.equal(got.status, 502, name);
    assert.match(JSON.parse(textOf(got)).error.message, gets.why, name);
    return;
  }
  const body = String.fromCharCode(...got.body);
  assert.deepEqual([got.status, body, got.ending], [gets.status, gets.body, gets.kind], name);
  if (lines !== undefined) assert.deepEqual(passedLines(got), lines, name);
  assert.equal(lineValue(got, "x-next"), undefined, name);
}

Deno.test("there are 120 response vectors, each with a name of its own", () => {
  const names = new Set(RESPONSE_VECTORS.map(({ name }) => name));
  assert.equal(names.size, RESPONSE_VECTORS.length);
  assert.ok(names.size >= 120, `${names.size}`);
});

const GROUP = 24;

for (let from = 0; from < RESPONSE_VECTORS.length; from += GROUP) {
  const group = RESPONSE_VECTORS.slice(from, from + GROUP);
  Deno.test(`response vectors from "${group[0]?.name}" on are as they are told`, async () => {
    const named = new Map(group.map((vector, at) => [`/v1/vectors/${at}`, vector]));
    await using peer = await startPeer(speaking(named));
    const yaml = `backends: [{ name: b, url: "${peer.url}" }]
models: { chat: [{ backend: b, model: m }] }
default_backend: b`;
    await using proxy = await startProxy(yaml, { ledger: false });
    for (const [target, vector] of named) {
      await using caller = await connectTo(proxy.url);
      await caller.send(call(target, vector.method));
      assertGets(vector, await caller.reply(vector.method));
      const before = peer.connections;
      await using next = await connectTo(proxy.url);
      await next.send(call(`/v1/after${target}`));
      const after = await next.reply();
      assert.equal(textOf(after), "next", vector.name);
      assert.equal(peer.connections === before, vector.kept, `${vector.name}: kept`);
    }
  });
}
