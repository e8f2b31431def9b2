import assert from "node:assert/strict";
import { environmentProxies } from "../../lib/config/environment_proxy.ts";

type Env = Readonly<Record<string, string>>;

/** The host of the proxy for an origin; empty for none. */
function hostFor(origin: string, env: Env): string {
  return environmentProxies((name) => env[name]).proxyFor(origin)?.hostname ?? "";
}

const HTTPS = "https://api.example.com";
const HTTP = "http://api.example.com";

const CHOICES: readonly (readonly [env: Env, https: string, http: string])[] = [
  [{}, "", ""],
  [{ HTTPS_PROXY: "http://s:1" }, "s", ""],
  [{ HTTP_PROXY: "http://p:1" }, "", "p"],
  [{ https_proxy: "http://s:1", HTTPS_PROXY: "http://other:1" }, "s", ""],
  [{ ALL_PROXY: "socks5://a:1" }, "a", "a"],
  [{ all_proxy: "socks5h://a:1", HTTP_PROXY: "http://p:1" }, "a", "p"],
  [{ HTTPS_PROXY: "s:1" }, "s", ""],
  [{ HTTPS_PROXY: "", ALL_PROXY: "" }, "", ""],
  [{ HTTPS_PROXY: "http://s:1", NO_PROXY: "example.com" }, "", ""],
  [{ HTTPS_PROXY: "http://s:1", no_proxy: "other.com", NO_PROXY: "*" }, "s", ""],
];

for (const [env, https, http] of CHOICES) {
  Deno.test(`environmentProxies() chooses by ${JSON.stringify(env)}`, () => {
    assert.deepEqual([hostFor(HTTPS, env), hostFor(HTTP, env)], [https, http]);
  });
}

for (
  const local of [
    "http://localhost:11434",
    "http://LOCALHOST.",
    "http://models.localhost",
    "http://127.0.0.1:1",
    "http://127.9.9.9",
    "http://[::1]:1",
    "https://127.0.0.1",
  ]
) {
  Deno.test(`environmentProxies() reaches ${local} directly, whatever is set`, () => {
    assert.equal(hostFor(local, { ALL_PROXY: "http://p:1", NO_PROXY: "x" }), "");
  });
}

Deno.test("environmentProxies() warns of what is no proxy, quoting nothing, and goes without", () => {
  const { proxyFor, warnings } = environmentProxies((name) =>
    name === "HTTPS_PROXY" ? "ftp://ann:hunter2@h" : undefined
  );
  assert.equal(proxyFor(HTTPS), undefined);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? "",
    /^The environment variable HTTPS_PROXY must be .* is not used\.$/,
  );
  assert.doesNotMatch(warnings[0] ?? "", /hunter2|ann/);
});
