import assert from "node:assert/strict";
import { ListenError } from "../../lib/listener/listen_error.ts";
import { listen } from "../../lib/listener/listen.ts";
import type { Listener, PortSharing } from "../../lib/listener/listener.ts";
import { callRaw, textOf } from "../caller.ts";

const onLinux = { ignore: Deno.build.os !== "linux" }; // elsewhere nobody shares a port

/** Answers every request with a name. */
function answering(name: string, port: number, sharing?: PortSharing): Promise<Listener> {
  return listen({
    address: { hostname: "127.0.0.1", port },
    sharing,
    tls: () => undefined,
    handler: () =>
      Promise.resolve({ status: 200, headers: [], body: new TextEncoder().encode(name) }),
    onFault: (line) => assert.fail(line),
    onRefused: (line) => assert.fail(line),
  });
}

async function ask(port: number): Promise<string> {
  return textOf(await callRaw(`http://127.0.0.1:${port}`, { method: "GET" }));
}

Deno.test({
  ...onLinux,
  name: "listen() shares a port among loops, and leaves it to the others when one closes",
  async fn() {
    const one = await answering("one", 0, { loops: 2, isFirst: true });
    const two = await answering("two", one.port, { loops: 2, isFirst: false });
    const heard = new Set<string>();
    for (let left = 200; left > 0 && heard.size < 2; left--) heard.add(await ask(one.port));
    assert.deepEqual([...heard].sort(), ["one", "two"]);
    await one.close();
    assert.equal(await ask(one.port), "two");
    await two.close();
  },
});

Deno.test({
  ...onLinux,
  name: "listen() refuses a port that somebody else has, shared or not",
  async fn() {
    const one = await answering("one", 0, { loops: 2, isFirst: true });
    const refused = (error: unknown) =>
      error instanceof ListenError && /the address is in use/.test(error.message);
    await assert.rejects(answering("alone", one.port), refused);
    await assert.rejects(answering("first", one.port, { loops: 2, isFirst: true }), refused);
    await one.close();
  },
});
