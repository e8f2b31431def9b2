import assert from "node:assert/strict";
import { MINIMAL, MODELS, problemOf, problemsOf, snapshotOf } from "./parse.ts";

/** Clients a line each, from line 2 on, before a configuration that is fine. */
function clients(...lines: readonly string[]): string {
  return `clients:\n${lines.map((line) => `  - {${line}}\n`).join("")}${WITH_KEY}`;
}

const WITH_KEY = `backends:
  - {name: a, url: "https://a.example/v1", auth: inject, api_key: [backend-key-1, backend-key-2]}
${MODELS}`;

async function warningsOf(text: string): Promise<readonly string[]> {
  return (await snapshotOf(text)).warnings.map((line) =>
    line.replace("/etc/proxy/config.yaml:", "")
  );
}

Deno.test("parseConfig() takes callers on any address, without a warning", async () => {
  const text = clients("name: laptop, key: key-of-laptop", "name: desk, key: key-of-desk");
  assert.deepEqual(
    (await snapshotOf(text)).callers?.map(({ name, key, models }) => {
      return [name, key, models];
    }),
    [["laptop", "key-of-laptop", undefined], ["desk", "key-of-desk", undefined]],
  );
  assert.deepEqual(await warningsOf(text), []);
});

Deno.test("parseConfig() refuses two callers of one name, and two with one key", async () => {
  assert.equal(
    await problemOf(clients("name: a, key: key-of-a", "name: b, key: key-of-b", "name: a, key: k")),
    "4:12: clients[2].name: is already the name of clients[0] on line 2",
  );
  const twice = await problemOf(
    clients("name: a, key: one-and-only", "name: b, key: one-and-only"),
  );
  assert.equal(twice, "3:20: clients[1].key: is already the key of clients[0] on line 2");
});

Deno.test("parseConfig() refuses a caller's key that cannot stand in a header, without showing it", async () => {
  for (const key of ["two words", "clé-secrète", "tab\\tbed", "line\\nbreak"]) {
    const problem = await problemOf(clients(`name: a, key: "${key}"`));
    assert.equal(
      problem,
      "2:20: clients[0].key: must be visible ASCII without spaces, since callers send it in a header",
    );
  }
  assert.match(await problemOf(clients('name: a, key: ""')), /clients\[0\]\.key: must be text/);
  assert.match(await problemOf(clients("name: a, key: 12345678")), /quote a key of digits/);
  assert.match(await problemOf(clients("name: a")), /clients\[0\]\.key: is missing/);
  assert.match(await problemOf(clients("key: long-enough")), /clients\[0\]\.name: is missing/);
  assert.match(
    await problemOf(clients("name: __proto__, key: long-enough")),
    /clients\[0\]\.name: must not be a reserved name/,
  );
});

Deno.test("F132: parseConfig() refuses a caller's key that an unset variable would leave empty", async () => {
  const text = clients('name: a, key: "${K}"');
  assert.match(await problemOf(text), /clients\[0\]\.key: .*variable K is not set/);
  assert.match((await problemsOf(text, { env: { K: "" } }))[0] ?? "", /clients\[0\]\.key: /);
  const snapshot = await snapshotOf(text, { env: { K: "from-variable" } });
  assert.equal(snapshot.callers?.[0]?.key, "from-variable");
});

Deno.test("parseConfig() reads a caller's key and a backend's keys from files", async () => {
  const files = { "/etc/proxy/a.txt": "key-in-a-file\n", "/etc/proxy/b.txt": "sk-in-a-file\r\n" };
  const text = `clients: [{name: a, key: "\${file:a.txt}"}]\n` +
    WITH_KEY.replace("backend-key-1", '"${file:./b.txt}"').replace("backend-key-2", '"${K2}"');
  const snapshot = await snapshotOf(text, { files, env: { K2: "sk-in-a-variable" } });
  assert.equal(snapshot.callers?.[0]?.key, "key-in-a-file");
  assert.deepEqual(snapshot.backends.get("a")?.keys, ["sk-in-a-file", "sk-in-a-variable"]);
});

Deno.test("parseConfig() refuses a caller's key that is a backend's too", async () => {
  assert.equal(
    await problemOf(clients("name: a, key: backend-key-2")),
    "2:20: clients[0].key: is also an api_key of backends[0]; a caller's key must open nothing else",
  );
});

Deno.test("parseConfig() shows no caller's key, wherever a person has written it", async () => {
  const text = clients("name: canary-key-1, key: canary-key-1", "name: b, key: canary-key-1")
    .replace("backend: a", "backend: canary-key-1");
  const problems = await problemsOf(text);
  assert.equal(problems.length, 2);
  assert.match(problems[1] ?? "", /there is no backend "\*{4}"/);
  for (const problem of problems) assert.doesNotMatch(problem, /canary/);
});

Deno.test("parseConfig() warns of a key that can be guessed", async () => {
  assert.deepEqual(await warningsOf(clients("name: a, key: 1234567x", "name: b, key: 123456x")), [
    "3:20: clients[1].key: has under 8 characters, so it can be guessed",
  ]);
});

Deno.test("parseConfig() warns of models that no alias is called, but not where any name may be", async () => {
  const text = clients('name: a, key: long-enough, models: [m, "m*", "*", x, "gpt-*"]');
  assert.deepEqual(await warningsOf(text), [
    '2:56: clients[0].models[3]: no alias is called "x"',
    '2:59: clients[0].models[4]: no alias is called "gpt-*"',
  ]);
  assert.deepEqual(await warningsOf(`default_backend: a\n${text}`), []);
});

Deno.test("parseConfig() looks through thousands of callers quickly", async () => {
  const many = Array.from({ length: 9_000 }, (_, at) => `name: n${at}, key: key-number-${at}`);
  const started = performance.now();
  assert.equal((await snapshotOf(clients(...many))).callers?.length, 9_000);
  assert.ok(performance.now() - started < 20_000);
});

Deno.test("parseConfig() warns once a backend of callers that send it no credential", async () => {
  const text = `clients: [{name: a, key: key-of-a}, {name: b, key: key-of-b}]
backends:
  - {name: a, url: "https://a"}
  - {name: b, url: "https://b", auth: passthrough}
  - {name: own, url: "https://b", auth: inject, api_key: k}
  - {name: set, url: "https://b", headers: {set: {X-Api-Key: k}}}
  - {name: off, url: "https://b", enabled: false}
${MODELS}`;
  const warnings = await warningsOf(text);
  assert.deepEqual(warnings.map((line) => line.replace(/ gets no .*/, "")), [
    '3:5: backends[0].auth: backend "a"',
    '4:39: backends[1].auth: backend "b"',
  ]);
  assert.match(
    warnings[0] ?? "",
    /from a caller that sends only its key for this proxy; write auth/,
  );
});

Deno.test("parseConfig() opens a proxy with keys to anybody on purpose, and warns of it", async () => {
  const open = await warningsOf(`clients: []\n${WITH_KEY}`);
  assert.deepEqual(open, [
    '1:10: clients: is empty, so whoever reaches the port spends the key of backend "a"',
  ]);
  assert.deepEqual((await snapshotOf(`clients: []\n${WITH_KEY}`)).callers, []);
});

Deno.test("parseConfig() warns where anybody gets a credential that a header sets", async () => {
  const backends =
    `backends: [{name: a, url: "https://a", headers: {set: {Authorization: x, X-A: y}}}]\n`;
  for (const clients of ["", "clients: []\n"]) {
    const [warning = "", ...others] = await warningsOf(`${clients}${backends}${MODELS}`);
    assert.match(
      warning,
      /backends\[0\]\.headers\.set\.Authorization: whoever reaches the port spends/,
    );
    assert.deepEqual(others, []);
  }
  const known = "clients: [{name: a, key: key-of-a}]\n";
  assert.deepEqual(await warningsOf(`${known}${backends}${MODELS}`), []);
});

Deno.test("parseConfig() warns of no open proxy that holds nothing to spend", async () => {
  assert.deepEqual(await warningsOf(`clients: []\n${MINIMAL}`), []);
  assert.equal((await snapshotOf(MINIMAL)).callers, undefined);
});
