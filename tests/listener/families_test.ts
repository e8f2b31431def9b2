import assert from "node:assert/strict";
import { listen } from "../../lib/listener/listen.ts";
import { ListenError } from "../../lib/listener/listen_error.ts";
import { serve } from "../../lib/admin/serve.ts";
import { callRaw, textOf } from "../caller.ts";

const HAS_IPV6 = hasIpv6();

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

const both = HAS_IPV6 ? ["127.0.0.1", "[::1]"] : ["127.0.0.1"];

function listening(hostname: string, port = 0, loops = 1, isFirst = true) {
  return listen({
    address: { hostname, port },
    sharing: loops > 1 ? { loops, isFirst } : undefined,
    tls: () => undefined,
    handler: ({ caller }) =>
      Promise.resolve({ status: 200, headers: [], body: new TextEncoder().encode(caller) }),
    onFault: (line) => assert.fail(line),
    onRefused: (line) => assert.fail(line),
  });
}

const ASKING = new TextEncoder().encode("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");

async function callersOn(port: number): Promise<string[]> {
  return await Promise.all(both.map(async (host) => {
    const conn = await Deno.connect({ hostname: host.replace(/[[\]]/g, ""), port });
    await conn.write(ASKING);
    const answer = await new Response(conn.readable).text();
    return /\r\n\r\n(.*):\d+$/s.exec(answer)?.[1] ?? answer;
  }));
}

for (const hostname of ["", "localhost", "LOCALHOST"]) {
  Deno.test(`cases 14: listen() on ${hostname || "no host"} answers over IPv4 and IPv6`, async () => {
    const listener = await listening(hostname);
    assert.deepEqual(await callersOn(listener.port), both);
    await listener.close();
  });
}

Deno.test("cases 14: listen() on every interface is shared by loops, in both families", async () => {
  if (Deno.build.os !== "linux") return;
  const first = await listening("", 0, 2, true);
  const second = await listening("", first.port, 2, false);
  for (let round = 0; round < 20; round++) assert.deepEqual(await callersOn(first.port), both);
  await first.close();
  assert.deepEqual(await callersOn(second.port), both);
  await second.close();
});

Deno.test("listen() on 0.0.0.0 answers IPv4 alone", async () => {
  const listener = await listening("0.0.0.0");
  assert.equal(
    textOf(await callRaw(`http://127.0.0.1:${listener.port}/`, { method: "GET" })).slice(0, 10),
    "127.0.0.1:",
  );
  if (HAS_IPV6) await assert.rejects(Deno.connect({ hostname: "::1", port: listener.port }));
  await listener.close();
});

for (const hostname of both.map((host) => host.replace(/[[\]]/g, ""))) {
  for (const wanted of ["", "localhost"]) {
    Deno.test(`listen() on "${wanted}" refuses a port that is taken on ${hostname}`, async () => {
      const other = Deno.listen({ hostname, port: 0 });
      await assert.rejects(
        listening(wanted, other.addr.port),
        (error: unknown) => error instanceof ListenError && /is in use/.test(error.message),
      );
      other.close();
    });
  }
}

Deno.test("cases 14: the admin port on every interface answers over IPv4 and IPv6", async () => {
  const served = serve({
    address: { hostname: "", port: 0 },
    handler: ({ caller }) =>
      Promise.resolve({ status: 200, headers: [], body: new TextEncoder().encode(caller) }),
    onFault: (line) => assert.fail(line),
  });
  assert.deepEqual(await callersOn(served.port), both);
  await served.close();
});
