import assert from "node:assert/strict";
import { formatListen, isLoopback, parseListen } from "../../lib/config/listen_address.ts";

function read(text: string) {
  const parsed = parseListen(text);
  return parsed.ok ? parsed.value : undefined;
}

Deno.test("parseListen() reads host and port", () => {
  assert.deepEqual(read("127.0.0.1:8080"), { hostname: "127.0.0.1", port: 8080 });
  assert.deepEqual(read("localhost:0"), { hostname: "localhost", port: 0 });
  assert.deepEqual(read("proxy.example:65535"), { hostname: "proxy.example", port: 65535 });
});

Deno.test("parseListen() takes no host for every interface of both families", () => {
  assert.deepEqual(read(":8080"), { hostname: "", port: 8080 });
});

Deno.test("parseListen() reads IPv6 in brackets, in its shortest form", () => {
  assert.deepEqual(read("[::1]:8080"), { hostname: "::1", port: 8080 });
  assert.deepEqual(read("[0:0:0:0:0:0:0:1]:1"), { hostname: "::1", port: 1 });
});

Deno.test("parseListen() refuses what is no address", () => {
  const texts = ["", "8080", ":", "a", ":65536", ":-1", "::1:80", "[::1]", "[:::1]:80", "[x]:80"];
  for (
    const text of [...texts, "http://a:80", "a b:80", ":80/", "*:80", "a:80 ", "a_b:80", ":1e3"]
  ) {
    assert.equal(read(text), undefined, text);
  }
});

Deno.test("isLoopback() is true of what only this machine can reach", () => {
  const on = (hostname: string) => isLoopback({ hostname, port: 1 });
  assert.deepEqual(["127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"].map(on), [
    true,
    true,
    true,
    true,
    true,
  ]);
  for (
    const name of [
      "0.0.0.0",
      "::",
      "10.0.0.1",
      "127.0.0.1.example",
      "localhost.example",
      "x127.0.0.1",
    ]
  ) {
    assert.equal(on(name), false, name);
  }
});

Deno.test("formatListen() puts IPv6 in brackets", () => {
  assert.equal(formatListen({ hostname: "::1", port: 80 }), "[::1]:80");
  assert.equal(formatListen({ hostname: "0.0.0.0", port: 80 }), "0.0.0.0:80");
});
