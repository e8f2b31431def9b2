import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { watchAccepting } from "../../lib/accept/accept_watch.ts";
import { listen } from "../../lib/accept/listen.ts";
import { type Listener, ListenError, type PortSharing } from "../../lib/accept/listener.ts";
import { callRaw, textOf } from "../caller.ts";

const onLinux = { ignore: Deno.build.os !== "linux" }; // elsewhere nobody shares a port

/** Answers every request with a name. */
function answering(name: string, port: number, sharing?: PortSharing): Promise<Listener> {
  return listen({
    address: { hostname: "127.0.0.1", port },
    sharing,
    tls: undefined,
    handler: () =>
      Promise.resolve({ status: 200, headers: [], body: new TextEncoder().encode(name) }),
    onFault: (line) => assert.fail(line),
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

function listening(server: Server, port = 0): Promise<number> {
  return new Promise((resolve) => {
    server.listen({ host: "127.0.0.1", port, reusePort: true }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

Deno.test({
  ...onLinux,
  name: "watchAccepting() tells a loop of a shared port that accepts from one that does not",
  async fn() {
    const healthy = createServer((socket) => socket.destroy());
    const port = await listening(healthy);
    const sharing = createServer((socket) => socket.destroy());
    await listening(sharing, port);
    const watch = (server: Server) => {
      const faulty = Promise.withResolvers<string>();
      const stop = watchAccepting(server, {
        port,
        hostname: "127.0.0.1",
        loops: 2,
        relisten: () => {},
        onFault: faulty.resolve,
        checkMs: 20,
      });
      return { stop, faulty: faulty.promise };
    };
    const well = watch(healthy);
    // It has no connections of its own: what goes to the port, the other two share.
    const deaf = watch(createServer());
    const first = await Promise.race([
      deaf.faulty.then(() => "the deaf one"),
      well.faulty.then(() => "the healthy one"),
    ]);
    assert.equal(first, "the deaf one");
    for (const { stop } of [well, deaf]) stop();
    for (const server of [healthy, sharing]) {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  },
});
