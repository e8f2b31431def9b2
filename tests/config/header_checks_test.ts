import assert from "node:assert/strict";
import { requestHeaders } from "../../lib/wire/headers.ts";
import { MODELS, problemOf, problemsOf, snapshotOf } from "./parse.ts";

function withHeaders(headers: string): string {
  return `backends:\n  - {name: a, url: "https://a", headers: {${headers}}}\n${MODELS}`;
}

const OF_THE_HOP = [
  "Connection",
  "Content-Length",
  "Expect",
  "Host",
  "Keep-Alive",
  "Proxy-Authorization",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
];

for (const name of OF_THE_HOP) {
  Deno.test(`parseConfig() refuses to set or remove ${name}, which each hop has for itself`, async () => {
    const message = "is a matter of each connection and cannot be set or removed";
    assert.equal(
      await problemOf(withHeaders(`set: {${name}: x}`)),
      `2:49: backends[0].headers.set.${name}: ${name} ${message}`,
    );
    const lower = name.toLowerCase();
    assert.equal(
      await problemOf(withHeaders(`remove: [X-A, ${lower}]`)),
      `2:57: backends[0].headers.remove[1]: ${lower} ${message}`,
    );
    assert.deepEqual(requestHeaders([[name, "x"]]), [], "it would not reach a backend either");
  });
}

Deno.test("parseConfig() refuses one header twice", async () => {
  assert.equal(
    await problemOf(withHeaders("set: {X-Team: a, x-team: b}")),
    "2:60: backends[0].headers.set.x-team: is the same header as X-Team",
  );
});

Deno.test("parseConfig() refuses what is no header, or would be a second one", async () => {
  for (
    const set of ['"X Team": a', '"X:": a', '"": a', '"X-A\\r\\nX-B": a', '"X-A": "a\\r\\nX-B: b"']
  ) {
    const [problem = ""] = await problemsOf(withHeaders(`set: {${set}}`));
    assert.match(problem, /backends\[0\]\.headers\.set/, set);
  }
});

Deno.test("parseConfig() takes credentials among the headers, spelled as written", async () => {
  const text = withHeaders("set: {X-API-Key: k, Authorization: Bearer k}, remove: [Cookie]");
  assert.deepEqual((await snapshotOf(text)).backends.get("a")?.headers, {
    set: [["X-API-Key", "k"], ["Authorization", "Bearer k"]],
    remove: new Set(["cookie"]),
  });
});
