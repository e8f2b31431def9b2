import assert from "node:assert/strict";
import { OwnConnections } from "../../lib/system/own_connections.ts";

function at(hostname: string, port: number): Deno.NetAddr {
  return { transport: "tcp", hostname, port };
}

Deno.test("OwnConnections.isOwn() knows a connection by both of its ends, once", () => {
  const own = new OwnConnections();
  own.opened({ localAddr: at("127.0.0.1", 40_000), remoteAddr: at("127.0.0.1", 8080) });
  const accepted = { localAddr: at("127.0.0.1", 8080), remoteAddr: at("127.0.0.1", 40_000) };
  for (
    const other of [
      { ...accepted, localAddr: at("127.0.0.1", 8081) },
      { ...accepted, localAddr: at("192.0.2.1", 8080) },
      { ...accepted, remoteAddr: at("127.0.0.2", 40_000) },
      { ...accepted, remoteAddr: at("127.0.0.1", 40_001) },
    ]
  ) assert.equal(own.isOwn(other), false);
  assert.deepEqual([own.isOwn(accepted), own.isOwn(accepted)], [true, false]);
});

Deno.test("OwnConnections.isOwn() knows an IPv4 address that a socket of IPv6 has, and another loop's", () => {
  const cells = new Int32Array(new SharedArrayBuffer(4 * 65_536));
  const [one, other] = [new OwnConnections(cells), new OwnConnections(cells)];
  one.opened({ localAddr: at("127.0.0.1", 40_000), remoteAddr: at("127.0.0.1", 8080) });
  const accepted = {
    localAddr: at("::ffff:127.0.0.1", 8080),
    remoteAddr: at("::ffff:127.0.0.1", 40_000),
  };
  assert.equal(other.isOwn(accepted), true);
});

Deno.test("OwnConnections.closed() forgets that connection, and no other that has its port since", () => {
  const own = new OwnConnections();
  const first = { localAddr: at("127.0.0.1", 40_000), remoteAddr: at("127.0.0.1", 8080) };
  own.opened(first);
  own.closed(first);
  const accepted = { localAddr: first.remoteAddr, remoteAddr: first.localAddr };
  assert.equal(own.isOwn(accepted), false);
  own.opened({ ...first, remoteAddr: at("127.0.0.1", 8081) });
  own.closed(first);
  assert.equal(own.isOwn({ ...accepted, localAddr: at("127.0.0.1", 8081) }), true);
});
