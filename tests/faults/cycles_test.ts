/** Section C of the fault catalogue: aliases that fall back to one another in a circle, F053. */
import assert from "node:assert/strict";
import { callRaw, textOf } from "../caller.ts";
import { reply, startReplier } from "../peer.ts";
import { snapshotOf, startProxy } from "../proxy.ts";

/** Aliases with one route each, to a backend of the same name, and where they fall back to. */
function aliases(
  fallbacks: Readonly<Record<string, readonly string[]>>,
  { urls = {}, rest = "" }: { urls?: Readonly<Record<string, string>>; rest?: string } = {},
): string {
  const names = Object.keys(fallbacks);
  return [
    "backends:",
    ...names.map((name) => `  - { name: ${name}, url: "${urls[name] ?? "http://127.0.0.1:9"}" }`),
    "models:",
    ...names.map((name) =>
      `  ${name}: { routes: [{ backend: ${name}, model: m }], ` +
      `fallback_to: ${JSON.stringify(fallbacks[name])} }`
    ),
    rest,
  ].join("\n");
}

/** The errors with which a configuration is refused. */
async function refusal(yaml: string): Promise<string> {
  let message = "";
  await assert.rejects(snapshotOf(yaml, "."), (cause: Error) => {
    ({ message } = cause);
    return true;
  });
  return message;
}

/** Circles, and the aliases that the error must name. */
const CIRCLES: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  "an alias to itself": [aliases({ a: ["a"] }), ["a"]],
  "two aliases to one another": [aliases({ a: ["b"], b: ["a"] }), ["a", "b"]],
  "a long way round": [aliases({ a: ["b"], b: ["c", "d"], c: [], d: ["a"] }), ["a", "b", "d"]],
  "a circle beside the way in": [aliases({ a: ["b"], b: ["c"], c: ["b"] }), ["b", "c"]],
  "a circle in alias_fallback": [
    aliases({ a: [], b: [] }, { rest: "fallback: { alias_fallback: { a: [b], b: [a] } }" }),
    ["a", "b"],
  ],
  "a circle half in alias_fallback": [
    aliases({ a: ["b"], b: [] }, { rest: "fallback: { alias_fallback: { b: [a] } }" }),
    ["a", "b"],
  ],
};

for (const [what, [yaml, names]] of Object.entries(CIRCLES)) {
  Deno.test(`F053: ${what} is refused at load, with its place`, async () => {
    const message = await refusal(yaml);
    const line = message.split("\n").find((text) => /circle|cycle|loop|itself/i.test(text));
    assert.ok(line !== undefined, message);
    assert.match(line, /config\.yaml:\d+:\d+: (?:models|fallback)\./);
    for (const name of names) assert.match(line, new RegExp(`\\b${name}\\b`));
  });
}

Deno.test("F053: a fallback to an alias that does not exist is refused at load", async () => {
  assert.match(
    await refusal(aliases({ a: ["nobody"] })),
    /config\.yaml:5:\d+: models\.a.*"nobody"/,
  );
});

Deno.test("F053: two ways to the same alias are no circle", async () => {
  await snapshotOf(aliases({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }), ".");
});

Deno.test("F053: a reload that brings a circle leaves the old configuration in force", async () => {
  await using backend = await startReplier(reply(200, `{"choices":[{}]}`));
  const urls = { a: backend.url, b: backend.url };
  await using proxy = await startProxy(aliases({ a: ["b"], b: [] }, { urls }));
  await assert.rejects(proxy.configure(aliases({ a: ["b"], b: ["a"] }, { urls })));
  assert.equal((await callRaw(proxy.url, { body: `{"model":"a"}` })).status, 200);
});

Deno.test("F053: an alias that is used up falls back to the next, once each", async () => {
  await using busy = await startReplier(reply(503, `{"error":{"message":"busy"}}`));
  await using good = await startReplier(reply(200, `{"choices":[{"from":"d"}]}`));
  const urls = { a: busy.url, b: busy.url, c: busy.url, d: good.url };
  const fallbacks = { a: ["b", "c"], b: ["d"], c: ["d"], d: [] };
  const rest = "fallback: { max_retries: 0 }";
  await using proxy = await startProxy(aliases(fallbacks, { urls, rest }));
  const got = await callRaw(proxy.url, { body: `{"model":"a"}` });
  assert.equal(textOf(got), `{"choices":[{"from":"d"}]}`);
  assert.equal(good.requests.length, 1);
  assert.ok(busy.requests.length <= 3, `${busy.requests.length} attempts at three routes`);
});
