import assert from "node:assert/strict";
import { MINIMAL, MODELS, problemOf, problemsOf, snapshotOf } from "./parse.ts";

const TWO = `backends:
  - {name: a, url: "https://a.example"}
  - {name: provider-b, url: "https://b.example", enabled: false}
`;

Deno.test("parseConfig() refuses a default backend that is not there", async () => {
  assert.equal(
    await problemOf(`${TWO}${MODELS}default_backend: provder-b\n`),
    '6:18: default_backend: there is no backend "provder-b"; did you mean "provider-b"?',
  );
  assert.equal(
    await problemOf(`${TWO}${MODELS}default_backend: nowhere\n`),
    '6:18: default_backend: there is no backend "nowhere"; the backends are a, provider-b',
  );
});

Deno.test("parseConfig() refuses an alias where the default backend is wanted", async () => {
  assert.match(await problemOf(`${MINIMAL}default_backend: m\n`), /there is no backend "m"/);
});

Deno.test("parseConfig() shows no value of a placeholder in place of a default backend", async () => {
  const text = `${MINIMAL}default_backend: \${BACKEND}\n`;
  assert.equal((await snapshotOf(text, { env: { BACKEND: "a" } })).defaultBackend?.name, "a");
  assert.equal(
    await problemOf(text, { env: { BACKEND: "tajna" } }),
    '5:18: default_backend: there is no backend "${BACKEND}"; the backends are a',
  );
});

Deno.test("parseConfig() wants one name for the default backend", async () => {
  for (const value of ["[a]", "1", '""', "true"]) {
    assert.match(
      await problemOf(`${MINIMAL}default_backend: ${value}\n`),
      /^5:18: default_backend: must be the name of a backend, not /,
      value,
    );
  }
});

Deno.test("parseConfig() warns of a default backend that is disabled", async () => {
  const { warnings, defaultBackend } = await snapshotOf(
    `${TWO}${MODELS}default_backend: provider-b\n`,
  );
  assert.deepEqual(warnings, [
    '/etc/proxy/config.yaml:6:18: default_backend: the backend "provider-b" is disabled; until it ' +
    "is enabled, unknown models and requests without a model are refused",
  ]);
  assert.equal(defaultBackend, undefined);
});

Deno.test("parseConfig() gives warnings in the order of the text", async () => {
  const { warnings } = await snapshotOf(`default_backend: provider-b
${TWO}models:
  m: {routes: [{backend: a, model: x}], fallback_to: [off]}
  n: [{backend: a, model: x}, {backend: c, model: x, priority: 2}]
  off: {enabled: false, routes: [{backend: a, model: x}]}
`);
  assert.deepEqual(warnings.map((line) => line.split(": ")[1]), [
    "default_backend",
    "models.m.fallback_to[0]",
    "models.n[1].backend",
  ]);
});

Deno.test("parseConfig() reports references of every kind at once", async () => {
  const problems = await problemsOf(`${TWO}models:
  m: {routes: [{backend: b, model: x}], fallback_to: [n]}
default_backend: c
`);
  assert.deepEqual(problems.map((line) => line.split(": ")[1]), [
    "models.m.routes[0].backend",
    "models.m.fallback_to[0]",
    "default_backend",
  ]);
});
