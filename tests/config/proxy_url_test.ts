import assert from "node:assert/strict";
import { parseProxy, parseProxyUrl } from "../../lib/config/proxy_url.ts";
import { BACKENDS, MODELS, problemOf, snapshotOf } from "./parse.ts";

const NOBODY = { user: "", password: "" };

const GOOD = {
  "http://127.0.0.1:7890": { kind: "http", hostname: "127.0.0.1", port: 7890, ...NOBODY },
  "HTTP://Proxy.Example/": { kind: "http", hostname: "proxy.example", port: 80, ...NOBODY },
  "https://proxy.example": { kind: "https", hostname: "proxy.example", port: 443, ...NOBODY },
  "socks5://[::1]": { kind: "socks5", hostname: "::1", port: 1080, ...NOBODY },
  "socks5h://u:p%40%3A@s:9": {
    kind: "socks5",
    hostname: "s",
    port: 9,
    user: "u",
    password: "p@:",
  },
  "http://u@s": { kind: "http", hostname: "s", port: 80, user: "u", password: "" },
};

for (const [text, proxy] of Object.entries(GOOD)) {
  Deno.test(`parseProxyUrl() reads ${text}`, () => {
    assert.deepEqual(parseProxyUrl(text), { ok: true, value: proxy });
  });
}

const BAD = [
  "",
  "direct",
  "127.0.0.1:7890",
  "proxy.example",
  "ftp://proxy.example",
  "socks4://proxy.example",
  "http://",
  "http://u:p@",
  "http://proxy.example/path",
  "http://proxy.example?x",
  "http://proxy.example#x",
  "http://proxy example",
  "http://proxy.example:99999",
  "http://u:%zz@proxy.example",
  `socks5://u:${"x".repeat(256)}@s`,
];

for (const text of BAD) {
  Deno.test(`parseProxyUrl() refuses ${JSON.stringify(text.slice(0, 40))}, quoting nothing`, () => {
    const parsed = parseProxyUrl(text);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, /^must /);
    assert.ok(!parsed.reason.includes("zz"));
  });
}

Deno.test("parseProxy() takes direct for none", () => {
  assert.deepEqual(parseProxy("direct"), { ok: true, value: "direct" });
});

const withProxy = (proxy: string) =>
  BACKENDS.replace("url:", `proxy: ${JSON.stringify(proxy)}, url:`) + MODELS;

Deno.test("parseConfig() says where a proxy is wrong, and shows nothing of it", async () => {
  for (const proxy of ["gopher://ann:hunter2hunter2@h", "http://ann:hunter2%zz@h"]) {
    const problem = await problemOf(withProxy(proxy));
    assert.match(problem, /^2:22: backends\[0\]\.proxy: must /);
    assert.doesNotMatch(problem, /hunter2|ann/);
  }
});

Deno.test("parseConfig() shows a proxy's password nowhere else either", async () => {
  const text = withProxy("http://ann:hunter2hunter2@h")
    .replace("model: x", "model: x, weight: hunter2hunter2");
  assert.doesNotMatch(await problemOf(text), /hunter2/);
});

Deno.test("parseConfig() has a proxy's password among the secrets, as written and as sent", async () => {
  const { secrets } = await snapshotOf(withProxy("socks5://ann:p%C3%A4ss%40word@h"));
  assert.deepEqual(secrets, ["p%C3%A4ss%40word", "päss@word"]);
});
