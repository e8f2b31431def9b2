import assert from "node:assert/strict";
import fc from "fast-check";
import { parse, problemOf, problemsOf, snapshotOf } from "./parse.ts";
import { BACKENDS, MINIMAL } from "./parse.ts";

Deno.test("parseConfig() takes CRLF and a byte order mark for nothing", async () => {
  const snapshot = await snapshotOf("\uFEFF" + MINIMAL.replaceAll("\n", "\r\n"));
  assert.deepEqual([...snapshot.aliases.keys()], ["m"]);
  const broken = "\uFEFF" + (MINIMAL + "x: 1\n").replaceAll("\n", "\r\n");
  assert.match(await problemOf(broken), /^5:1: x: unknown key/);
});

Deno.test("parseConfig() says where the YAML is broken, once", async () => {
  assert.match(await problemOf("backends: [\n"), /^\d:\d+: not valid YAML: /);
  assert.match(await problemOf('listen: "x\nmodels: 1\n'), /^\d:\d+: not valid YAML: /);
  assert.match(
    await problemOf("listen: a: b\n"),
    /^1:9: not valid YAML: a second key on this line/,
  );
  assert.match(await problemOf("listen: @x\n"), /^1:9: not valid YAML: /);
});

Deno.test("F131: parseConfig() refuses a tab in the indentation", async () => {
  assert.match(
    (await problemsOf("backends:\n\t- name: a\n"))[0] ?? "",
    /^2:1: .*a tab in the indent/,
  );
});

Deno.test("F131: parseConfig() refuses control characters", async () => {
  assert.equal(
    await problemOf('listen: ":80"\nmodels: "\0"\n'),
    "2:10: the control character U+0000 is not text; remove it",
  );
});

Deno.test("parseConfig() refuses a file without a mapping", async () => {
  for (const text of ["", "\n\n", "# nothing\n", "---\n", "null\n"]) {
    assert.match(await problemOf(text), /^1:1: the file is empty; write at least/);
  }
  for (const text of ["- a\n", "hello\n", "12\n"]) {
    assert.match(await problemOf(text), /^1:1: the top level is not a mapping/);
  }
});

Deno.test("parseConfig() refuses a second document", async () => {
  assert.match(await problemOf(`${MINIMAL}---\n${MINIMAL}`), /^5:1: .*a second document/);
});

Deno.test("F135: parseConfig() refuses a key that is there twice, with both lines", async () => {
  assert.equal(
    await problemOf(`${MINIMAL}limits: {drain_seconds: 1,\n  drain_seconds: 2}\n`),
    "6:3: limits.drain_seconds: the same key twice: it is also on line 5; keep one",
  );
  assert.match(await problemOf(`${MINIMAL}${BACKENDS}`), /^5:1: backends: .* on line 1; keep one/);
});

Deno.test("parseConfig() reads anchors and aliases, in the order they were written", async () => {
  const snapshot = await snapshotOf(`backends:
  - {name: &n a, url: "https://a.example"}
models:
  m: &routes [{backend: *n, model: &x one}]
  o: *routes
  p: [{backend: a, model: &x two}]
  q: [{backend: a, model: *x}]
`);
  const models = [...snapshot.aliases.values()].map(({ routes }) => routes[0]?.model);
  assert.deepEqual(models, ["one", "one", "two", "two"]);
});

Deno.test("parseConfig() refuses an alias without an anchor before it", async () => {
  const text = `${BACKENDS}models:\n  m: *later\n  o: &later [{backend: a, model: x}]\n`;
  assert.match(await problemOf(text), /models\.m: this \*alias has no &anchor before it/);
});

Deno.test("F135: parseConfig() refuses merge keys", async () => {
  const text = `${MINIMAL}timeouts: &t {idle_seconds: 1}\nlimits: {<<: *t}\n`;
  assert.match(await problemOf(text), /^6:10: limits\["<<"\]: merge keys/);
});

Deno.test("parseConfig() refuses tags", async () => {
  assert.match(await problemOf(`${MINIMAL}listen: !secret x\n`), /a ! tag/);
  assert.match(
    (await problemsOf(`${MINIMAL}listen: !!binary aGk=\n`))[0] ?? "",
    /tags are not supp/,
  );
  assert.match(
    await problemOf(`${MINIMAL}limits: !!map {drain_seconds: 1}\n`),
    /tags are not supp/,
  );
});

Deno.test("parseConfig() refuses keys that are not text", async () => {
  const text = `${BACKENDS}models:\n  4: [{backend: a, model: x}]\n  m: [{backend: a, model: x}]\n`;
  assert.equal(await problemOf(text), "4:3: models: a key must be text; quote it");
  assert.match(await problemOf(`${MINIMAL}? [a]\n: 1\n`), /a key must be text/);
});

Deno.test("F133: parseConfig() refuses an alias bomb at once", async () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const inside = level === 0 ? "x" : `*l${level - 1}`;
    return `l${level}: &l${level} [${Array(10).fill(inside).join(",")}]`;
  });
  const started = performance.now();
  assert.match(await problemOf(levels.join("\n")), /more than 50000 values/);
  assert.ok(performance.now() - started < 1_000);
});

Deno.test("F133: parseConfig() refuses an anchor that holds itself", async () => {
  assert.match(await problemOf("a: &a [*a]\n"), /nested more than 20 levels/);
  assert.match(await problemOf("a: &a [*a, *a, *a]\n"), /nested more than 20 levels|50000 values/);
});

Deno.test("F134: parseConfig() refuses deep nesting", async () => {
  assert.match(await problemOf(`a: ${"[".repeat(50)}${"]".repeat(50)}\n`), /nested more than 20/);
  assert.match((await problemsOf("[".repeat(50_000)))[0] ?? "", /nested too deeply/);
});

Deno.test("F134: parseConfig() bounds its errors, and says how many more there are", async () => {
  const keys = Array.from({ length: 500 }, (_, index) => `key${index}: 1\n`).join("");
  const problems = await problemsOf(MINIMAL + keys);
  assert.equal(problems.length, 101);
  assert.match(problems.at(-1) ?? "", /and 400 more errors/);
});

Deno.test("F134: parseConfig() shortens a huge value", async () => {
  const problem = await problemOf(`${MINIMAL}listen: "${"x".repeat(500_000)}"\n`);
  assert.ok(problem.length < 300);
});

Deno.test("F136: parseConfig() refuses names that every object has, and changes no prototype", async () => {
  for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
    const alias = `${BACKENDS}models:\n  m: [{backend: a, model: x}]\n  ${name}: {x: 1}\n`;
    assert.match(await problemOf(alias), /^5:3: models\.\w+: this name is reserved/);
    const backend =
      `backends: [{name: ${name}, url: "https://a"}]\nmodels: {m: [{backend: ${name}, model: x}]}\n`;
    assert.match(await problemOf(backend), /backends\[0\]\.name: must not be a reserved name/);
    assert.match(await problemOf(`${MINIMAL}${name}: {x: 1}\n`), /this name is reserved/);
  }
  assert.equal(Reflect.get({}, "x"), undefined);
});

Deno.test("F136: parseConfig() takes other inherited names for names like any other", async () => {
  const text = `${BACKENDS}models:\n  toString: [{backend: a, model: valueOf}]\n`;
  assert.equal((await snapshotOf(text)).aliases.get("toString")?.routes[0]?.model, "valueOf");
});

Deno.test("F137: parseConfig() turns nothing that looks like a number or a date into a name", async () => {
  const text = (value: string) => `${BACKENDS}models:\n  m: [{backend: a, model: ${value}}]\n`;
  for (const value of ["1e3", "0777", "0x1f", "0o17", ".inf", "12", "4.1", "true", "null", "~"]) {
    assert.match(await problemOf(text(value)), /models\.m\[0\]\.model: .*quote/, value);
  }
  for (const value of ["no", "on", "2024-01-01", "12:30:00", "1_000", "yes"]) {
    assert.equal((await snapshotOf(text(value))).aliases.get("m")?.routes[0]?.model, value);
  }
});

Deno.test("F137: parseConfig() takes no text for a number or a boolean", async () => {
  for (
    const value of [
      "no",
      '"1"',
      "12:30:00",
      "2024-01-01",
      "1_000",
      "0777",
      "1e3",
      "0x1f",
      ".inf",
      ".nan",
    ]
  ) {
    const text = `${MINIMAL}fallback: {cooldown_seconds: ${value}}\n`;
    assert.match(await problemOf(text), /^5:30: fallback\.cooldown_seconds: /, value);
  }
  for (const value of ["no", "yes", "on", "1", '"true"']) {
    const text = `${MINIMAL}logging: {redact: ${value}}\n`;
    assert.match(await problemOf(text), /redact: must be true or false, not /, value);
  }
});

Deno.test("parseConfig() gives a configuration or problems, whatever the text", async () => {
  const pieces = fc.constantFrom(
    ..."{}[]:,-&*!|>'\"#%@`\n \t?~",
    "a",
    "backends",
    "models",
    "<<",
    "${A}",
    "---",
    "\r\n",
    "12",
    "*a",
    "&a ",
  );
  const texts = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const loaded = await parse(text);
      assert.ok(loaded.ok || loaded.problems.length > 0);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("parseConfig() gives the same for a configuration cut anywhere: no crash, no half value", async () => {
  const text = `${MINIMAL}listen: "127.0.0.1:8080"\nfallback:\n  max_retries: 3\n`;
  for (let end = 0; end < text.length; end++) {
    const loaded = await parse(text.slice(0, end));
    assert.ok(loaded.ok || loaded.problems.every(({ line }) => line >= 1));
  }
});
