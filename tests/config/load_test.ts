import assert from "node:assert/strict";
import { resolve } from "node:path";
import { loadConfig, reloadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import { BACKENDS, MINIMAL, MODELS, parse, problemOf, problemsOf, snapshotOf } from "./parse.ts";

const NO_ENV = () => undefined;

Deno.test("loadConfig() gives one problem for a file that is not there", async () => {
  const loaded = await loadConfig("nowhere/config.yaml", { revision: 1, env: NO_ENV });
  assert.ok(!loaded.ok);
  assert.deepEqual(loaded.problems.map(formatProblem), [
    "nowhere/config.yaml:1:1: the file does not exist; llm-proxy init writes one to start from, " +
    "-config PATH names another",
  ]);
});

Deno.test("F130: loadConfig() gives one problem for a directory", async () => {
  const loaded = await loadConfig(import.meta.dirname ?? ".", { revision: 1, env: NO_ENV });
  assert.ok(!loaded.ok);
  assert.deepEqual(loaded.problems.map(({ message }) => message), [
    "the file is a directory, not a file",
  ]);
});

Deno.test("loadConfig() reads the file and those it names", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/model.txt`, "x-1\r\n");
    await Deno.writeTextFile(
      `${directory}/config.yaml`,
      MINIMAL.replace("model: x", 'model: "${file:./model.txt}"'),
    );
    const loaded = await loadConfig(`${directory}/config.yaml`, { revision: 7, env: NO_ENV });
    assert.ok(loaded.ok);
    assert.equal(loaded.snapshot.revision, 7);
    assert.equal(loaded.snapshot.aliases.get("m")?.routes[0]?.model, "x-1");
    assert.deepEqual(loaded.dependencies, [".env", "model.txt"].map((n) => resolve(directory, n)));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("parseConfig() reports every error at once, in the order of the text", async () => {
  const problems = await problemsOf(`listen: 8080
backends:
  - {name: a, url: "ftp://a", auth: other}
  - {name: a, url: "https://b", retries: 1}
models:
  m: [{backend: nowhere, model: x, weight: 0}]
  n: []
fallback: {max_retries: -1}
`);
  assert.deepEqual(problems.map((problem) => problem.split(": ").slice(0, 2).join(" ")), [
    "1:9 listen",
    "3:20 backends[0].url",
    "3:37 backends[0].auth",
    "4:12 backends[1].name",
    "4:33 backends[1].retries",
    "6:17 models.m[0].backend",
    "6:44 models.m[0].weight",
    "7:6 models.n",
    "8:25 fallback.max_retries",
  ]);
});

Deno.test("parseConfig() says what is wrong, and the value", async () => {
  assert.equal(
    await problemOf(`${MINIMAL}fallback: {cooldown_seconds: soon}\n`),
    '5:30: fallback.cooldown_seconds: must be a number of seconds from 0 to 2147483, not "soon"',
  );
  assert.match(
    await problemOf(`${MINIMAL}logging:\n`),
    /logging: must be a mapping of keys, not empty; indent what belongs to it below it, or leave it out/,
  );
  assert.match(
    await problemOf(`${MINIMAL}limits: []\n`),
    /limits: must be a mapping of keys, not a list/,
  );
});

Deno.test("parseConfig() says which required key is missing, and where", async () => {
  assert.match(
    (await problemsOf(MODELS))[0] ?? "",
    /^1:1: backends: is missing; it must be a list of backends/,
  );
  assert.match(await problemOf(BACKENDS), /^1:1: models: is missing; it must be a mapping/);
  assert.match(
    await problemOf(`${BACKENDS}models:\n  m:\n    - backend: a\n`),
    /^5:7: models\.m\[0\]\.model: is missing/,
  );
});

Deno.test("parseConfig() suggests the key that was meant", async () => {
  assert.equal(
    await problemOf(`${MINIMAL}fallback: {cooldown_second: 1}\n`),
    '5:12: fallback.cooldown_second: unknown key; did you mean "cooldown_seconds"?',
  );
});

Deno.test("parseConfig() lists the keys when none is near", async () => {
  assert.equal(
    await problemOf(`${MINIMAL}limits: {wibble: 1}\n`),
    "5:10: limits.wibble: unknown key; the keys here are max_body_mb, max_concurrent, max_held_mb, drain_seconds",
  );
});

Deno.test("parseConfig() reports mistakes inside either form of an alias", async () => {
  assert.match(
    await problemOf(`${BACKENDS}models:\n  m: [{backend: a}]\n`),
    /m\[0\]\.model: is miss/,
  );
  const long =
    `${BACKENDS}models:\n  m: {enabled: maybe, routes: [{backend: a, model: x, prio: 1}]}\n`;
  const [first = "", second = ""] = await problemsOf(long);
  assert.match(first, /models\.m\.enabled: must be true or false, not "maybe"/);
  assert.match(second, /models\.m\.routes\[0\]\.prio: unknown key/);
  assert.match(
    await problemOf(`${BACKENDS}models:\n  m: a\n`),
    /must be a list of routes, or a mapping/,
  );
});

Deno.test("parseConfig() refuses an alias or a list without entries", async () => {
  assert.match(
    await problemOf(`${BACKENDS}models: {m: []}\n`),
    /models\.m: must have at least one route/,
  );
  assert.match(
    await problemOf(`${BACKENDS}models: {m: {routes: []}}\n`),
    /m\.routes: must have at least/,
  );
  assert.match(await problemOf(`${BACKENDS}models: {}\n`), /models: must have at least one alias/);
  assert.match(
    (await problemsOf(`backends: []\n${MODELS}`))[0] ?? "",
    /must have at least one backend/,
  );
});

Deno.test("parseConfig() refuses names without a character", async () => {
  assert.match(
    await problemOf(
      `${BACKENDS}models: {"": [{backend: a, model: x}], m: [{backend: a, model: x}]}\n`,
    ),
    /must not be empty/,
  );
  assert.match(
    (await problemsOf(`backends: [{name: "", url: "https://a"}]\n${MODELS}`))[0] ?? "",
    /\.name/,
  );
});

Deno.test("parseConfig() names both lines of a backend's name that is there twice", async () => {
  const text =
    `backends:\n  - {name: a, url: "https://a"}\n  - {name: a, url: "https://b"}\n${MODELS}`;
  assert.equal(
    await problemOf(text),
    '3:12: backends[1].name: "a" is already the name of backends[0] on line 2',
  );
});

Deno.test("parseConfig() refuses a route to a backend that is not there", async () => {
  const text =
    `backends: [{name: provider-a, url: "https://a"}]\nmodels: {m: [{backend: NAME, model: x}]}\n`;
  assert.match(
    await problemOf(text.replace("NAME", "providr-a")),
    /^2:24: models\.m\[0\]\.backend: there is no backend "providr-a"; did you mean "provider-a"\?$/,
  );
  assert.match(await problemOf(text.replace("NAME", "zzz")), /; the backends are provider-a$/);
});

Deno.test("parseConfig() passes a dangling route over where another comes before it", async () => {
  const snapshot = await snapshotOf(`${BACKENDS}models:
  m:
    - {backend: a, model: x, priority: 1}
    - {backend: b, model: y, priority: 2}
`);
  assert.deepEqual(snapshot.aliases.get("m")?.routes.map(({ model }) => model), ["x"]);
  assert.equal(snapshot.warnings.length, 1);
  assert.match(
    snapshot.warnings[0] ?? "",
    /config\.yaml:6:17: models\.m\[1\]\.backend: there is no backend "b"; the route is passed over/,
  );
});

Deno.test("parseConfig() refuses a dangling route that no enabled route comes before", async () => {
  for (
    const first of ["priority: 2", "priority: 3", "priority: 1, enabled: false", "priority: odd"]
  ) {
    const text =
      `${BACKENDS}models:\n  m:\n    - {backend: a, model: x, ${first}}\n    - {backend: b, model: y, priority: 2}\n`;
    const problems = await problemsOf(text);
    assert.match(problems.at(-1) ?? "", /there is no backend "b"/, first);
  }
});

Deno.test("parseConfig() refuses auth: inject without a key to send", async () => {
  const text = (key: string) =>
    `listen: "127.0.0.1:0"\nbackends: [{name: a, url: "https://a", auth: inject${key}}]\n${MODELS}`;
  assert.match(
    await problemOf(text("")),
    /^2:12: backends\[0\]\.api_key: is missing; auth: inject/,
  );
  assert.match(await problemOf(text(", api_key: []")), /api_key: is missing/);
  assert.match(await problemOf(text(', api_key: ""')), /api_key: must not be empty/);
  assert.match(await problemOf(text(', api_key: [k, ""]')), /api_key\[1\]: must not be empty/);
});

Deno.test("F132: parseConfig() refuses to inject what an empty variable gives", async () => {
  const text =
    `listen: "127.0.0.1:0"\nbackends: [{name: a, url: "https://a", auth: inject, api_key: "\${K}"}]\n${MODELS}`;
  assert.match(await problemOf(text), /variable K is not set/);
  assert.match(await problemOf(text, { env: { K: "" } }), /api_key: must not be empty/);
});

Deno.test("parseConfig() refuses to inject what cannot stand in a header, without showing it", async () => {
  for (const key of ["two words", "line\\nbreak", "clé"]) {
    const problem = await problemOf(
      `listen: "127.0.0.1:0"\nbackends: [{name: a, url: "https://a", auth: inject, api_key: "${key}"}]\n${MODELS}`,
    );
    assert.match(problem, /api_key: must be one line of visible ASCII without spaces/);
    assert.doesNotMatch(problem, /words|break|clé/);
  }
});

Deno.test("parseConfig() takes an empty key of a passthrough backend for none", async () => {
  const snapshot = await snapshotOf(
    `backends: [{name: a, url: "https://a", api_key: ["", k]}]\n${MODELS}`,
  );
  assert.deepEqual(snapshot.backends.get("a")?.keys, ["k"]);
});

const INJECT = `backends: [{name: a, url: "https://a", auth: inject, api_key: k}]\n${MODELS}`;

Deno.test("parseConfig() refuses auth: inject where others can reach the port", async () => {
  for (
    const listen of ["", 'listen: ":8080"\n', 'listen: "10.0.0.1:80"\n', 'listen: "[::]:80"\n']
  ) {
    assert.match(
      await problemOf(listen + INJECT),
      /^1:\d+: listen: must be a loopback address: backend "a" has auth: inject, so whoever reaches the port would spend its key; add clients, so that callers need a key; or listen on 127\.0\.0\.1; or write clients: \[\] to open it to anybody on purpose$/,
    );
  }
});

for (const listen of [":8081", "0.0.0.0:8081", "192.168.1.7:8081", "[::]:8081", "box.lan:1"]) {
  Deno.test(`parseConfig() rejects admin.listen ${listen} without a token, and takes it with one`, async () => {
    assert.match(
      await problemOf(`${MINIMAL}admin:\n  listen: "${listen}"\n`),
      /^6:11: admin\.listen: must be a loopback address where there is no admin\.token: /,
    );
    await snapshotOf(`${MINIMAL}admin: { listen: "${listen}", token: "t" }\n`);
  });
}

Deno.test("parseConfig() takes admin.listen on loopback, or turned off, without a token", async () => {
  for (const listen of ["127.0.0.1:1", "localhost:1", "[::1]:1", ""]) {
    await snapshotOf(`${MINIMAL}admin: { listen: "${listen}" }\n`);
  }
});

Deno.test("parseConfig() takes auth: inject on a loopback address, or on a disabled backend", async () => {
  for (const listen of ["127.0.0.1:80", "[::1]:80", "localhost:0", "127.9.9.9:80"]) {
    await snapshotOf(`listen: "${listen}"\n${INJECT}`);
  }
  await snapshotOf(INJECT.replace("auth: inject", "auth: inject, enabled: false"));
});

Deno.test("parseConfig() refuses auth: inject on a reload while the open port is still served", async () => {
  const text = `listen: "127.0.0.1:8080"\n${INJECT}`;
  const open = { listening: { hostname: "0.0.0.0", port: 8080 } };
  assert.match(await problemOf(text, open), /until a restart the proxy listens on 0\.0\.0\.0:8080/);
  await snapshotOf(text, { listening: { hostname: "127.0.0.1", port: 8080 } });
});

Deno.test("F140: parseConfig() refuses spans that are negative, not finite or longer than a timer", async () => {
  const keys = [
    "fallback: {cooldown_seconds: ",
    "fallback: {max_cooldown_seconds: ",
    "timeouts: {connect_seconds: ",
    "fallback: {deadline_seconds: ",
    "fallback: {affinity_seconds: ",
    "timeouts: {first_byte_seconds: ",
    "timeouts: {first_content_seconds: ",
    "timeouts: {idle_seconds: ",
    "limits: {drain_seconds: ",
  ];
  for (const key of keys) {
    for (const value of ["-1", "2147484", "99999999999", ".inf", ".nan"]) {
      assert.match(
        (await problemsOf(`${MINIMAL}${key}${value}}\n`))[0] ?? "",
        /seconds: /,
        key + value,
      );
    }
  }
});

Deno.test("F140: parseConfig() refuses a time-out of nothing, and takes a cooldown of nothing", async () => {
  const timeouts = ["connect", "first_byte", "first_content", "idle"];
  for (const key of [...timeouts.map((name) => `timeouts: {${name}`), "fallback: {deadline"]) {
    assert.match(await problemOf(`${MINIMAL}${key}_seconds: 0}\n`), /from 0\.001 to/, key);
  }
  const snapshot = await snapshotOf(
    `${MINIMAL}fallback: {cooldown_seconds: 0, max_cooldown_seconds: 0}\nlimits: {drain_seconds: 0}\n`,
  );
  assert.deepEqual([snapshot.fallback.cooldownMs, snapshot.limits.drainMs], [0, 0]);
});

Deno.test("parseConfig() refuses a longest cooldown below the usual one", async () => {
  const text = `${MINIMAL}fallback: {cooldown_seconds: 300, max_cooldown_seconds: 10}\n`;
  assert.match(
    await problemOf(text),
    /max_cooldown_seconds: must not be below cooldown_seconds/,
  );
});

Deno.test("parseConfig() refuses counts and shares that are out of bounds", async () => {
  const refused = [
    "fallback: {max_retries: 1.5}",
    "fallback: {max_retries: -1}",
    "limits: {max_body_mb: 0}",
    "limits: {max_body_mb: 4096}",
    "logging: {max_body_kb: -1}",
    "logging: {level: trace}",
    "fallback: {when_all_cooling: wait}",
    "fallback: {stored_ids_file: 1}",
    "detection: {stream_gate: 1}",
    "detection: {mid_stream_error: cut}",
  ];
  for (const line of refused) await problemOf(`${MINIMAL}${line}\n`);
  for (const route of ["weight: 0", "weight: -1", "priority: 1.5", 'priority: "1"', "enabled: 1"]) {
    await problemOf(`${BACKENDS}models: {m: [{backend: a, model: x, ${route}}]}\n`);
  }
  await problemOf(`backends: [{name: a, url: "https://a", max_concurrent: -1}]\n${MODELS}`);
});

Deno.test("parseConfig() refuses what detection cannot mean", async () => {
  const text = (value: string) => `${MINIMAL}detection: ${value}\n`;
  assert.match(await problemOf(text("{error_codes: [200]}")), /error_codes\[0\]: must be a status/);
  assert.match(
    await problemOf(text("{error_codes: [5xx, yes]}")),
    /error_codes\[1\]: .*, not "yes"/,
  );
  assert.match(await problemOf(text("{error_codes: 429}")), /error_codes: must be a list/);
  assert.match(
    await problemOf(text('{error_patterns: [""]}')),
    /error_patterns\[0\]: must not be empty/,
  );
  assert.match(await problemOf(text('{error_patterns: ["/(/"]}')), /valid regular expression/);
  assert.match(
    await problemOf(text("{error_patterns: [429]}")),
    /error_patterns\[0\]: must be a text/,
  );
});

Deno.test("F138: parseConfig() takes a pattern that would stop another engine, and matches it at once", async () => {
  const snapshot = await snapshotOf(`${MINIMAL}detection: {error_patterns: ["/^(a+)+$/"]}\n`);
  assert.equal(snapshot.detection.errorPatterns[0]?.matches("a".repeat(10_000) + "b"), false);
});

Deno.test("parseConfig() types a value that is one placeholder without quotes", async () => {
  const text =
    `${MINIMAL}fallback: {max_retries: 1}\nlogging:\n  redact: \${R}\n  max_body_kb: \${K:-2}\n`;
  const { logging } = await snapshotOf(text, { env: { R: "false" } });
  assert.deepEqual([logging.redact, logging.maxBodyBytes], [false, 2048]);
});

Deno.test("parseConfig() keeps text where text is wanted, even of digits", async () => {
  const text = `backends:\n  - name: a\n    url: "https://a"\n    api_key: \${K}\n${MODELS}`;
  assert.deepEqual((await snapshotOf(text, { env: { K: "12345" } })).secrets, ["12345"]);
});

Deno.test("cases 14: a number, a flag and a choice may be a placeholder, in quotes or among more", async () => {
  const text = `workers: "\${W:-2}"
listen: "127.0.0.1:\${PORT}"
backends:
  - {name: "\${NAME}", url: "https://a.example/v1", max_concurrent: "\${MOST}", enabled: '\${ON}'}
models:
  m: [{backend: "\${NAME}", model: x, priority: "\${P:-7}", weight: '\${WEIGHT}'}]
fallback: {max_retries: "\${RETRIES:-2}", cooldown_seconds: "\${TENS}0", when_all_cooling: "\${COOL}"}
detection: {error_codes: ["\${CODE}", "\${FAMILY}"]}
limits: {drain_seconds: "\${file:./drain}"}
`;
  const env = {
    ...{ PORT: "81", NAME: "12", MOST: " 5 ", ON: "True", WEIGHT: "1e-1", TENS: "3" },
    ...{ COOL: "reject", CODE: "429", FAMILY: "5xx" },
  };
  const snapshot = await snapshotOf(text, { env, files: { "/etc/proxy/drain": "7\n" } });
  const { fallback, limits, detection } = snapshot;
  const backend = snapshot.backends.get("12");
  const [route] = snapshot.aliases.get("m")?.routes ?? [];
  assert.deepEqual(
    [snapshot.workers, snapshot.listen.port, backend?.maxConcurrent, backend?.enabled],
    [2, 81, 5, true],
  );
  assert.deepEqual([route?.priority, route?.weight], [7, 0.1]);
  assert.deepEqual(
    [fallback.maxAttempts, fallback.cooldownMs, fallback.whenAllCooling, limits.drainMs],
    [2, 30_000, "reject", 7_000],
  );
  assert.equal(detection.errorCodes.size, 101);
});

Deno.test("parseConfig() takes digits in quotes for text where nothing was put in", async () => {
  const text = `${MINIMAL}limits: {drain_seconds: "5"}\n`;
  assert.match(await problemOf(text), /drain_seconds: must be a number .*, not "5"/);
});

Deno.test("parseConfig() reports a placeholder's value of the wrong type without showing it", async () => {
  const text = `${MINIMAL}limits:\n  drain_seconds: \${N}\n`;
  assert.match(
    await problemOf(text, { env: { N: "tajna" } }),
    /^6:18: limits\.drain_seconds: must be a number .*, not what "\$\{N\}" gives$/,
  );
});

Deno.test("parseConfig() makes no YAML of what a placeholder gives", async () => {
  const snapshot = await snapshotOf(MINIMAL.replace("model: x", 'model: "${M}"'), {
    env: { M: "x}]\nlisten: [${M}, *a, !t" },
  });
  assert.equal(snapshot.aliases.get("m")?.routes[0]?.model, "x}]\nlisten: [${M}, *a, !t");
});

Deno.test("parseConfig() replaces nothing in keys", async () => {
  const snapshot = await snapshotOf(`${BACKENDS}models: {"\${M}": [{backend: a, model: x}]}\n`);
  assert.deepEqual([...snapshot.aliases.keys()], ["${M}"]);
});

Deno.test("parseConfig() reads ${file:PATH} from the configuration's directory, less one newline", async () => {
  const text = MINIMAL.replace("model: x", 'model: "${file:keys/m}"');
  const snapshot = await snapshotOf(text, { files: { "/etc/proxy/keys/m": "one\n\n" } });
  assert.equal(snapshot.aliases.get("m")?.routes[0]?.model, "one\n");
  assert.match(await problemOf(text), /models\.m\[0\]\.model: the file keys\/m does not exist/);
});

Deno.test("parseConfig() lists the files it read, missing ones and those of a bad configuration too", async () => {
  const text = MINIMAL.replace("model: x", 'model: "${file:keys/m}"');
  for (const more of ["", "wrong: 1\n"]) {
    const loaded = await parse(text + more);
    assert.deepEqual(loaded.dependencies, ["/etc/proxy/keys/m"]);
  }
});

Deno.test("reloadConfig() makes the same of what was read, whatever stands there by then", async () => {
  const text = MODELS + BACKENDS.replace("https://a.example/v1", "${file:url}");
  const loaded = await parse(text, { files: { "/etc/proxy/url": "https://a.example/v1" } });
  assert.ok(loaded.ok);
  // As it comes out of a message.
  const again = await reloadConfig(structuredClone(loaded.sources), NO_ENV);
  assert.ok(again.ok);
  assert.deepEqual(again.snapshot, loaded.snapshot);
});

Deno.test("parseConfig() gives a fingerprint of the text and the files in it", async () => {
  const text = MINIMAL.replace("model: x", 'model: "${file:m}"');
  const of = async (text: string, m: string) =>
    (await parse(text, { files: { "/etc/proxy/m": m } })).fingerprint;
  assert.equal(await of(text, "1"), await of(text, "1"));
  assert.notEqual(await of(text, "1"), await of(text, "2"));
  assert.notEqual(await of(text, "1"), await of(text + "#", "1"));
});

const SECRET = "sk-tajna-9876543210";

Deno.test("F142: parseConfig() shows no credential, whatever is wrong with it", async () => {
  const wrong = [
    `backends: [{name: a, url: "https://a", api_key: {k: ${SECRET}}}]\n${MODELS}`,
    `backends: [{name: a, url: "https://a", api_key: [[${SECRET}]]}]\n${MODELS}`,
    `backends: [{name: a, url: "https://a", apikey: ${SECRET}}]\n${MODELS}`,
    `backends: [{name: a, url: "https://u:${SECRET}@a"}]\n${MODELS}`,
    `backends: [{name: a, url: "https://a/?key=${SECRET}"}]\n${MODELS}`,
    `backends: [{name: a, url: "${SECRET}"}]\n${MODELS}`,
    `backends: [{name: a, url: "https://a", api_key: ${SECRET}, auth: ${SECRET}}]\n${MODELS}`,
    `backends: [{name: a, url: "https://a", api_key: "${SECRET}" ${SECRET}}]\n${MODELS}`,
    `backends:\n- {name: a, url: "https://a"}\napi_key ${SECRET}\n${MODELS}`,
    `${MINIMAL}api_key: |${SECRET}\n`,
    `${MINIMAL}api_key: !${SECRET} x\n`,
    `${MINIMAL}listen: "\${${SECRET}}"\n`,
    `${MINIMAL}listen: "\${file:}${SECRET}"\n`,
  ];
  for (const text of wrong) {
    assert.doesNotMatch((await problemsOf(text)).join("\n"), /tajna/, text);
  }
});

Deno.test("F142: parseConfig() shows a configured key nowhere else either", async () => {
  const key = "plainlookingkey";
  const text =
    `backends: [{name: a, url: "https://a", api_key: ${key}, auth: "x ${key}"}]\n${MODELS}`;
  assert.match(await problemOf(text), /auth: must be passthrough or inject, not "x \*{4}"/);
});

Deno.test("F142: parseConfig() shows no value from the environment or a file", async () => {
  const text =
    `listen: "\${L}"\nbackends: [{name: a, url: "\${file:u}", auth: "\${A}"}]\nmodels: {m: [{backend: "\${B}", model: x}]}\n`;
  const around = {
    env: { L: "tajna1", A: "tajna2", B: "tajna3" },
    files: { "/etc/proxy/u": "tajna4" },
  };
  const problems = await problemsOf(text, around);
  assert.equal(problems.length, 4);
  assert.doesNotMatch(problems.join("\n"), /tajna/);
});
