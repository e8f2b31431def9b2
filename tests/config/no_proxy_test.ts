import assert from "node:assert/strict";
import { noProxy } from "../../lib/config/no_proxy.ts";

/** A list, and which of these it exempts: host and port. */
const TABLE:
  readonly (readonly [list: string, exempt: readonly string[], not: readonly string[]])[] = [
    ["", [], ["a.com 443"]],
    [" , ,", [], ["a.com 443"]],
    ["*", ["a.com 443", "10.0.0.1 80", "::2 80"], []],
    ["a.com", ["a.com 443", "A.COM 80", "x.y.a.com 443"], ["ba.com 443", "a.com.evil 443"]],
    [".a.com", ["a.com 443", "x.a.com 443"], ["ba.com 443"]],
    ["*.a.com", ["a.com 443", "x.a.com 443"], ["ba.com 443"]],
    ["b.com, a.com", ["a.com 443", "b.com 443"], ["c.com 443"]],
    ["b.com a.com", ["a.com 443", "b.com 443"], ["c.com 443"]],
    ["a.com:8443", ["a.com 8443", "x.a.com 8443"], ["a.com 443"]],
    ["10.0.0.1", ["10.0.0.1 80"], ["10.0.0.10 80", "110.0.0.1 80"]],
    ["0.0.1", [], ["10.0.0.1 80"]],
    ["10.0.0.1:80", ["10.0.0.1 80"], ["10.0.0.1 81"]],
    ["::2", ["::2 80"], ["::1:2 80"]],
    ["0:0:0:0:0:0:0:2", ["::2 80"], ["::3 80"]],
    ["[::2]:80", ["::2 80"], ["::2 81"]],
    ["10.0.0.0/8", ["10.1.2.3 80"], ["11.0.0.1 80", "a.com 80", "::2 80"]],
    ["fd00::/8", ["fd12::1 80"], ["fe80::1 80", "10.0.0.1 80"]],
    ["10.0.0.0/99,nonsense/8,:::,a.com:x,[", [], ["10.0.0.1 80", "a.com 80", "b.com 80"]],
  ];

for (const [list, exempt, not] of TABLE) {
  Deno.test(`noProxy() reads ${JSON.stringify(list)}`, () => {
    const exempts = noProxy(list);
    const ask = (place: string) => {
      const [host = "", port] = place.split(" ");
      return exempts(host, Number(port));
    };
    assert.deepEqual([exempt.filter(ask), not.filter(ask)], [exempt, []]);
  });
}
