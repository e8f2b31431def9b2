/** A connection to ourselves on which no request goes leaves nothing behind that a later caller's could be taken for. */
import assert from "node:assert/strict";
import { connectorOf } from "../../lib/connections/connector.ts";
import { PATIENCE } from "../../lib/listener/listener.ts";
import { type Ends, OwnConnections, PORTS } from "../../lib/system/own_connections.ts";
import { EMPTY, startListening } from "../listener/listening.ts";

const WAY = { proxy: undefined, roots: [], connectMs: 10_000 };

/** A listener of ours, what is known of our connections, and the ends of each that is asked about. */
async function startSelf() {
  const cells = new Int32Array(PORTS);
  const own = new OwnConnections(cells);
  const asked = Promise.withResolvers<boolean>();
  const neverAsked = setTimeout(() => asked.resolve(false), 5_000);
  const listening = await startListening(() => Promise.resolve(EMPTY), {
    patience: { headMs: PATIENCE.headMs },
    isOwn(ends: Ends) {
      const isOwn = own.isOwn(ends);
      asked.resolve(isOwn);
      return isOwn;
    },
  });
  return {
    own,
    url: listening.url,
    /** What was said of the first connection that was asked about. */
    asked: asked.promise,
    marks: () => cells.filter((cell) => cell !== 0).length,
    async [Symbol.asyncDispose]() {
      clearTimeout(neverAsked);
      await listening[Symbol.asyncDispose]();
    },
  };
}

for (const [what, bytes] of [["nothing", ""], ["half a head", "GET / HTT"]] as const) {
  Deno.test(`cases 14: our own connection on which ${what} was sent is forgotten as it ends`, async () => {
    await using self = await startSelf();
    const stream = await connectorOf(self.url, WAY, { own: self.own })(
      new AbortController().signal,
    );
    assert.equal(self.marks(), 1);
    if (bytes !== "") await stream.write(new TextEncoder().encode(bytes));
    stream.close();
    assert.equal(await self.asked, true);
    assert.equal(self.marks(), 0);
  });
}

Deno.test("cases 14: our own connection that came to nothing on its way is forgotten", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const cells = new Int32Array(PORTS);
  const own = new OwnConnections(cells);
  const aborting = new AbortController();
  const opening = connectorOf(`https://127.0.0.1:${silent.addr.port}`, WAY, { own });
  const opened = opening(aborting.signal);
  using conn = await silent.accept();
  // Its hello: the connection is known by then.
  await conn.read(new Uint8Array(1));
  assert.equal(cells.filter((cell) => cell !== 0).length, 1);
  aborting.abort(new Error("on purpose"));
  await assert.rejects(opened, /on purpose/);
  assert.equal(cells.filter((cell) => cell !== 0).length, 0);
});
