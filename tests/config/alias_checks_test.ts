import assert from "node:assert/strict";
import { BACKENDS, MINIMAL, problemOf, problemsOf, snapshotOf } from "./parse.ts";

const ROUTES = "routes: [{backend: a, model: x}]";

/** Aliases a line each, from line 4 on, with these keys beside their routes. */
function aliases(keys: Readonly<Record<string, string>>): string {
  const lines = Object.entries(keys).map(([name, more]) => `  ${name}: {${more}, ${ROUTES}}\n`);
  return `${BACKENDS}models:\n${lines.join("")}`;
}

const NONE = "enabled: true";

Deno.test("parseConfig() refuses a fallback to an alias that is not there", async () => {
  assert.equal(
    await problemOf(aliases({ fast: "fallback_to: [slow, sloww]", slow: NONE })),
    '4:30: models.fast.fallback_to[1]: there is no alias "sloww"; did you mean "slow"?',
  );
  assert.equal(
    await problemOf(aliases({ fast: "fallback_to: [nothing]", slow: NONE })),
    '4:24: models.fast.fallback_to[0]: there is no alias "nothing"; the aliases are fast, slow',
  );
});

Deno.test("parseConfig() lists the nearest aliases where there are many and none is meant", async () => {
  const names = Array.from({ length: 30 }, (_, at) => `n${at}`);
  const text = aliases({
    m: "fallback_to: [model-n17]",
    ...Object.fromEntries(names.map((name) => [name, NONE])),
  });
  assert.match(await problemOf(text), /; the nearest aliases are (?=.*\bn17\b)(\w+, ){9}\w+$/);
});

Deno.test("parseConfig() compares thousands of unknown names only as far as they are shown", async () => {
  const unknown = Array.from({ length: 20_000 }, (_, at) => `some-nome-${at}`);
  const keys = Array.from({ length: 3_000 }, (_, at) => [`some-name-${at}`, NONE]);
  const text = aliases({ m: `fallback_to: [${unknown}]`, ...Object.fromEntries(keys) });
  const started = performance.now();
  assert.match((await problemsOf(text)).at(-1) ?? "", /and 19900 more errors/);
  assert.ok(performance.now() - started < 10_000);
});

Deno.test("parseConfig() refuses alias_fallback from and to aliases that are not there", async () => {
  assert.deepEqual(
    await problemsOf(
      `${MINIMAL}fallback:\n  alias_fallback:\n    mm: [m]\n    m: [toString, mn]\n`,
    ),
    [
      '7:5: fallback.alias_fallback.mm: there is no alias "mm"; did you mean "m"?',
      '8:9: fallback.alias_fallback.m[0]: there is no alias "toString"; the aliases are m',
      '8:19: fallback.alias_fallback.m[1]: there is no alias "mn"; did you mean "m"?',
    ],
  );
});

Deno.test("parseConfig() refuses a backend's name where an alias is wanted", async () => {
  assert.match(await problemOf(aliases({ m: "fallback_to: [a]" })), /there is no alias "a"/);
});

Deno.test("parseConfig() shows no value of a placeholder in place of an alias", async () => {
  const text = aliases({ m: 'fallback_to: ["${NEXT}"]', n: NONE });
  assert.deepEqual((await snapshotOf(text, { env: { NEXT: "n" } })).aliases.get("m")?.fallbackTo, [
    "n",
  ]);
  assert.equal(
    await problemOf(text, { env: { NEXT: "tajna" } }),
    '4:21: models.m.fallback_to[0]: there is no alias "${NEXT}"; the aliases are m, n',
  );
});

Deno.test("parseConfig() refuses an alias that leads to itself, and shows the way", async () => {
  assert.equal(
    await problemOf(aliases({ a: "fallback_to: [a]" })),
    "4:21: models.a.fallback_to[0]: an alias must not lead back to itself: a -> a",
  );
  assert.equal(
    await problemOf(aliases({ a: "fallback_to: [b]", b: "fallback_to: [c, a]", c: NONE })),
    "5:24: models.b.fallback_to[1]: an alias must not lead back to itself: a -> b -> a",
  );
});

Deno.test("parseConfig() follows a cycle through fallback_to and alias_fallback alike", async () => {
  const text = aliases({
    first: "fallback_to: [a]",
    a: "fallback_to: [b]",
    b: NONE,
    "c d": "fallback_to: [a]",
  });
  assert.equal(
    await problemOf(`${text}fallback:\n  alias_fallback: {b: [c d]}\n`),
    '7:23: models["c d"].fallback_to[0]: an alias must not lead back to itself: a -> b -> "c d" -> a',
  );
});

Deno.test("parseConfig() reports every cycle at once, those of disabled aliases too", async () => {
  const problems = await problemsOf(aliases({
    a: "fallback_to: [b]",
    b: "enabled: false, fallback_to: [a]",
    c: "fallback_to: [d, c]",
    d: "fallback_to: [c]",
  }));
  assert.deepEqual(problems.map((line) => line.split(": ").at(-1)), [
    "a -> b -> a",
    "c -> c",
    "c -> d -> c",
  ]);
});

Deno.test("parseConfig() shows the two ends of a long way", async () => {
  const count = 50;
  const keys = Array.from({ length: count }, (_, at) => [
    `n${at}`,
    `fallback_to: [n${(at + 1) % count}]`,
  ]);
  assert.match(
    await problemOf(aliases(Object.fromEntries(keys))),
    /: n0 -> n1 -> n2 -> n3 -> n4 -> n5 -> \.\.\. -> n46 -> n47 -> n48 -> n49 -> n0$/,
  );
});

Deno.test("parseConfig() takes two ways to one alias for no cycle", async () => {
  const { aliases: built } = await snapshotOf(aliases({
    a: "fallback_to: [b, c]",
    b: "fallback_to: [d]",
    c: "fallback_to: [d]",
    d: NONE,
  }));
  assert.deepEqual(built.get("a")?.fallbackTo, ["b", "c"]);
});

Deno.test("parseConfig() warns of a fallback to a disabled alias, and keeps it", async () => {
  const text = aliases({ a: "fallback_to: [off]", off: "enabled: false" });
  const snapshot = await snapshotOf(`${text}fallback: {alias_fallback: {off: [], a: [off]}}\n`);
  assert.deepEqual(snapshot.warnings, [
    '/etc/proxy/config.yaml:4:21: models.a.fallback_to[0]: the alias "off" is disabled and is passed over',
    '/etc/proxy/config.yaml:6:42: fallback.alias_fallback.a[0]: the alias "off" is disabled and is passed over',
  ]);
  assert.deepEqual(snapshot.aliases.get("a")?.fallbackTo, ["off"]);
});

Deno.test("parseConfig() wants lists of aliases, and a balance that it knows", async () => {
  assert.equal(
    await problemOf(aliases({ a: "fallback_to: b", b: NONE })),
    '4:20: models.a.fallback_to: must be a list of aliases, such as ["claude-opus"], not "b"',
  );
  assert.equal(
    await problemOf(aliases({ a: "fallback_to: [12]" })),
    "4:21: models.a.fallback_to[0]: must be the name of an alias (quote one that looks like a number), not 12",
  );
  assert.match(
    await problemOf(`${MINIMAL}fallback: {alias_fallback: {m: n}}\n`),
    /^5:32: fallback\.alias_fallback\.m: must be a list of aliases, .*, not "n"$/,
  );
  assert.match(
    await problemOf(`${MINIMAL}fallback: {alias_fallback: [m]}\n`),
    /^5:28: fallback\.alias_fallback: must be a mapping from aliases to lists of aliases, not a list$/,
  );
  assert.equal(
    await problemOf(aliases({ a: "balance: random" })),
    '4:16: models.a.balance: must be weighted or round_robin or least_busy or fastest, not "random"',
  );
});

Deno.test("parseConfig() takes an alias without fallbacks in every spelling", async () => {
  for (const more of ["fallback: {alias_fallback: {}}", "fallback: {alias_fallback: {m: []}}"]) {
    assert.deepEqual((await snapshotOf(`${MINIMAL}${more}\n`)).aliases.get("m")?.fallbackTo, []);
  }
});
