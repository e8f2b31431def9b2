import assert from "node:assert/strict";
import { listenWithNodeHttp } from "../../lib/accept/node_http.ts";
import type { Listener } from "../../lib/accept/listener.ts";
import type { CallerResponse } from "../../lib/wire/caller_response.ts";
import { callRaw, connectTo, requestBytes } from "../caller.ts";

interface Listening extends AsyncDisposable {
  readonly listener: Listener;
  readonly url: string;
  readonly faults: readonly string[];
}

async function listen(handler: () => Promise<CallerResponse>): Promise<Listening> {
  const faults: string[] = [];
  const address = { hostname: "127.0.0.1", port: 0 };
  const onFault = (line: string) => void faults.push(line);
  const listener = await listenWithNodeHttp({ address, tls: undefined, handler, onFault });
  return {
    listener,
    url: `http://127.0.0.1:${listener.port}`,
    faults,
    async [Symbol.asyncDispose]() {
      const closed = listener.close();
      listener.destroy();
      await closed;
    },
  };
}

const EMPTY = { status: 200, headers: [], body: new Uint8Array() };

Deno.test("listenWithNodeHttp() ends the connection of a response that cannot be sent", async () => {
  const cancelled = Promise.withResolvers<void>();
  const read = () => Promise.resolve(undefined);
  const body = { read, cancel: () => cancelled.resolve(), patienceMs: Infinity };
  await using listening = await listen(() =>
    Promise.resolve({ status: 200, headers: [["x-a", "b\nc"]], body })
  );
  await using caller = await connectTo(listening.url);
  await caller.send(requestBytes({ body: "{}" }));
  await Promise.all([caller.closed, cancelled.promise]);
  assert.match(listening.faults[0] ?? "", /^A response could not be sent: /);
});

Deno.test("listenWithNodeHttp() ends the connection where the handler fails", async () => {
  await using listening = await listen(() => Promise.reject(new Error("no handler does this")));
  await assert.rejects(callRaw(listening.url, { body: "{}" }), /ended without a reply/);
  assert.match(listening.faults[0] ?? "", /no handler does this/);
});

/** Writes until the other side has ended the connection for good; gives up after five seconds. */
async function endOf(peer: Deno.TcpConn): Promise<"ended" | "still open"> {
  const deadline = performance.now() + 5000;
  while (performance.now() < deadline) {
    try {
      await peer.write(new Uint8Array(1));
    } catch {
      return "ended";
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return "still open";
}

for (const refused of ["garbage\r\n\r\n", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"]) {
  Deno.test(`listenWithNodeHttp() does not keep a connection refused for ${JSON.stringify(refused)}`, async () => {
    await using listening = await listen(() => Promise.resolve(EMPTY));
    // Unlike the other callers here, this one does not end its side when the other side ends.
    using peer = await Deno.connect({ hostname: "127.0.0.1", port: listening.listener.port });
    await peer.write(new TextEncoder().encode(refused));
    assert.equal(await endOf(peer), "ended");
  });
}

for (const framing of ["Content-Length: 100000", "Transfer-Encoding: chunked"]) {
  Deno.test(`H15: listenWithNodeHttp() ends the connection of a body that drips: ${framing}`, async () => {
    const address = { hostname: "127.0.0.1", port: 0 };
    const listener = await listenWithNodeHttp({
      address,
      tls: undefined,
      handler: async ({ read }) => {
        const body = await read(1_000_000);
        return { ...EMPTY, status: body instanceof Uint8Array ? 200 : 408 };
      },
      onFault: (line) => assert.fail(line),
      bodyPatience: { silenceMs: 200, leastBytes: 100, lookEveryMs: 20 },
    });
    await using caller = await connectTo(`http://127.0.0.1:${listener.port}`);
    await caller.send(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
    const drip = framing.startsWith("Transfer") ? "1\r\nx\r\n" : "x";
    const timer = setInterval(() => caller.send(drip).catch(() => {}), 20);
    await caller.closed;
    clearInterval(timer);
    await listener.close();
  });
}
