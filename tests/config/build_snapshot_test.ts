import assert from "node:assert/strict";
import { resolve } from "node:path";
import { AUTHORITY } from "../faults/certificates.ts";
import { BACKENDS, MINIMAL, MODELS, problemOf, snapshotOf } from "./parse.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

Deno.test("buildSnapshot() fills in what a careful person would want", async () => {
  const snapshot = await snapshotOf(MINIMAL);
  const logs = (name: string) => resolve("/etc/proxy", "logs", name);
  assert.deepEqual(snapshot.listen, { hostname: "", port: 8080 });
  assert.deepEqual(snapshot.fallback, {
    cooldownMs: 300_000,
    maxCooldownMs: 3_600_000,
    maxAttempts: 3,
    whenAllCooling: "least_bad",
    deadlineMs: 240_000,
    affinityMs: 300_000,
    storedIdsFile: logs("stored-ids.jsonl"),
  });
  assert.deepEqual(snapshot.limits, {
    maxBodyBytes: 64 * 1024 * 1024,
    maxConcurrent: Infinity,
    maxHeldBytes: undefined,
    drainMs: 30_000,
  });
  assert.deepEqual(snapshot.logging, {
    level: "info",
    requestDir: logs("requests"),
    errorDir: logs("errors"),
    generalFile: logs("proxy.log"),
    redact: true,
    maxBodyBytes: 1024 * 1024,
    format: "text",
    retainMs: 14 * DAY_MS,
    maxTotalBytes: 1024 ** 3,
  });
  assert.deepEqual(snapshot.history, { file: logs("history.db"), retainMs: 30 * DAY_MS });
  assert.deepEqual(snapshot.admin, {
    listen: { hostname: "127.0.0.1", port: 8081 },
    isWritten: false,
    token: "",
  });
  assert.deepEqual([snapshot.detection.errorPatterns, snapshot.secrets, snapshot.warnings], [
    [],
    [],
    [],
  ]);
  assert.equal(snapshot.detection.streamGate, true);
  assert.equal(snapshot.detection.midStreamError, "abort");
  assert.equal(snapshot.defaultBackend, undefined);
  assert.deepEqual([snapshot.revision, snapshot.workers], [1, 1]);
});

Deno.test("buildSnapshot() takes event loops by number, or one a core", async () => {
  for (const workers of [1, 64, "auto"]) {
    assert.equal((await snapshotOf(`${MINIMAL}workers: ${workers}\n`)).workers, workers);
  }
  for (const workers of ["0", "65", "1.5", "many", "-1"]) {
    const problem = await problemOf(`${MINIMAL}workers: ${workers}\n`);
    assert.match(problem, /workers: must be a whole number from 1 to 64, or "auto"/, workers);
  }
});

Deno.test("buildSnapshot() counts 402, 408, 429 and every 5xx as failures by default", async () => {
  const { errorCodes } = (await snapshotOf(MINIMAL)).detection;
  assert.equal(errorCodes.size, 103);
  assert.ok([402, 408, 429, 500, 529, 599].every((code) => errorCodes.has(code)));
});

Deno.test("buildSnapshot() makes a backend of its least", async () => {
  assert.deepEqual((await snapshotOf(MINIMAL)).backends.get("a"), {
    name: "a",
    origin: "https://a.example",
    basePath: "/v1",
    auth: "passthrough",
    keys: [],
    enabled: true,
    dialects: undefined,
    proxy: undefined,
    roots: [],
    headers: { set: [], remove: new Set() },
    maxConcurrent: Infinity,
    timeouts: {
      connectMs: 10_000,
      firstByteStreamedMs: 120_000,
      firstByteMs: 600_000,
      firstContentStreamedMs: 180_000,
      firstContentMs: 600_000,
      idleMs: 180_000,
    },
  });
});

Deno.test("buildSnapshot() makes a backend of all it can have", async () => {
  const { backends } = await snapshotOf(
    `listen: "127.0.0.1:1"
backends:
  - name: a
    url: "http://a.example:9000/x/"
    api_key: [k1, k2]
    auth: inject
    enabled: false
    dialect: [openai, azure]
    proxy: "socks5://u:p@127.0.0.1:1080"
    ca: "roots.pem"
    headers: { set: { X-Team: blue }, remove: [X-Internal] }
    max_concurrent: 4
    timeouts:
      connect_seconds: 0.5
      first_byte_seconds: 7
      first_content_seconds: 8.5
      idle_seconds: 0.001
${MODELS}`,
    { files: { "/etc/proxy/roots.pem": `Our root\n${AUTHORITY}` } },
  );
  assert.deepEqual(backends.get("a"), {
    name: "a",
    origin: "http://a.example:9000",
    basePath: "/x",
    auth: "inject",
    keys: ["k1", "k2"],
    enabled: false,
    dialects: ["openai", "azure"],
    proxy: { kind: "socks5", hostname: "127.0.0.1", port: 1080, user: "u", password: "p" },
    roots: [AUTHORITY.trimEnd()],
    headers: { set: [["X-Team", "blue"]], remove: new Set(["x-internal"]) },
    maxConcurrent: 4,
    timeouts: {
      connectMs: 500,
      firstByteStreamedMs: 7000,
      firstByteMs: 7000,
      firstContentStreamedMs: 8500,
      firstContentMs: 8500,
      idleMs: 1,
    },
  });
});

Deno.test("buildSnapshot() takes a backend's own time-outs before the shared ones", async () => {
  const { backends } = await snapshotOf(`backends:
  - {name: a, url: "https://a", timeouts: {idle_seconds: 1}}
  - {name: b, url: "https://b", timeouts: {first_byte_seconds: 2, first_content_seconds: 3}}
timeouts: {first_byte_seconds: 50, first_content_seconds: 55, idle_seconds: 60}
${MODELS}`);
  assert.deepEqual(backends.get("a")?.timeouts, {
    connectMs: 10_000,
    firstByteStreamedMs: 50_000,
    firstByteMs: 50_000,
    firstContentStreamedMs: 55_000,
    firstContentMs: 55_000,
    idleMs: 1000,
  });
  assert.deepEqual(backends.get("b")?.timeouts, {
    connectMs: 10_000,
    firstByteStreamedMs: 2000,
    firstByteMs: 2000,
    firstContentStreamedMs: 3000,
    firstContentMs: 3000,
    idleMs: 60_000,
  });
});

Deno.test("buildSnapshot() makes the same of the short and the long form of an alias", async () => {
  const { aliases, backends } = await snapshotOf(`backends: [{name: a, url: "https://a"}]
models:
  short: [{backend: a, model: x}]
  long: {enabled: false, routes: [{backend: a, model: x, priority: -2, weight: 0.5, enabled: false}]}
`);
  const backend = backends.get("a");
  assert.deepEqual(aliases.get("short"), {
    name: "short",
    enabled: true,
    balance: "weighted",
    fallbackTo: [],
    routes: [{ backend, model: "x", priority: 1, weight: 1, enabled: true, isInvented: false }],
  });
  assert.deepEqual(aliases.get("long"), {
    name: "long",
    enabled: false,
    balance: "weighted",
    fallbackTo: [],
    routes: [{ backend, model: "x", priority: -2, weight: 0.5, enabled: false, isInvented: false }],
  });
  assert.equal(aliases.get("short")?.routes[0]?.backend, backend);
});

Deno.test("buildSnapshot() reads the balance of an alias", async () => {
  for (const balance of ["weighted", "round_robin", "least_busy", "fastest"]) {
    const { aliases } = await snapshotOf(
      `${BACKENDS}models: {m: {balance: ${balance}, routes: [{backend: a, model: x}]}}\n`,
    );
    assert.equal(aliases.get("m")?.balance, balance);
  }
});

Deno.test("buildSnapshot() puts fallback_to before alias_fallback, each name once", async () => {
  const { aliases } = await snapshotOf(`${BACKENDS}models:
  m: {routes: &r [{backend: a, model: x}], fallback_to: [o, p, o]}
  o: *r
  p: *r
  toString: *r
fallback: {alias_fallback: {m: [toString, p, o], o: [p]}}
`);
  assert.deepEqual([...aliases.values()].map(({ name, fallbackTo }) => [name, fallbackTo]), [
    ["m", ["o", "p", "toString"]],
    ["o", ["p"]],
    ["p", []],
    ["toString", []],
  ]);
});

Deno.test("buildSnapshot() gives the default backend, unless it is disabled", async () => {
  const text = (enabled: boolean) =>
    `backends: [{name: a, url: "https://a"}, {name: b, url: "https://b", enabled: ${enabled}}]
default_backend: b
${MODELS}`;
  const { defaultBackend, backends } = await snapshotOf(text(true));
  assert.equal(defaultBackend, backends.get("b"));
  assert.ok(defaultBackend);
  assert.equal((await snapshotOf(text(false))).defaultBackend, undefined);
});

Deno.test("buildSnapshot() reads how far a request may go", async () => {
  const { fallback } = await snapshotOf(
    `${MINIMAL}fallback: {deadline_seconds: 1.5, affinity_seconds: 0, stored_ids_file: ids/x}\n`,
  );
  assert.equal(fallback.deadlineMs, 1500);
  assert.equal(fallback.affinityMs, 0);
  assert.equal(fallback.storedIdsFile, resolve("/etc/proxy/ids/x"));
  const none = await snapshotOf(`${MINIMAL}fallback: {stored_ids_file: ""}\n`);
  assert.equal(none.fallback.storedIdsFile, "");
});

Deno.test("buildSnapshot() takes max_retries: 0 for no limit", async () => {
  const { fallback } = await snapshotOf(`${MINIMAL}fallback: {max_retries: 0}\n`);
  assert.equal(fallback.maxAttempts, Infinity);
});

Deno.test("buildSnapshot() lets a long cooldown lengthen the longest, where that is not written", async () => {
  const { fallback } = await snapshotOf(`${MINIMAL}fallback: {cooldown_seconds: 7200}\n`);
  assert.equal(fallback.maxCooldownMs, 7_200_000);
});

Deno.test("buildSnapshot() reads detection", async () => {
  const { detection } = await snapshotOf(
    `${MINIMAL}detection: {error_codes: [402, "429", "500-502"], error_patterns: [quota, "/x\\\\d/i"]}\n`
      .replaceAll("\\\\", "\\\\"),
  );
  assert.deepEqual([...detection.errorCodes], [402, 429, 500, 501, 502]);
  assert.deepEqual(detection.errorPatterns.map(({ source }) => source), ["quota", "/x\\d/i"]);
  assert.deepEqual(detection.errorPatterns.map(({ matches }) => matches("QUOTA X1")), [true, true]);
});

Deno.test("buildSnapshot() reads how a stream is held and broken", async () => {
  const { detection } = await snapshotOf(
    `${MINIMAL}detection: {stream_gate: false, mid_stream_error: event}\n`,
  );
  assert.deepEqual([detection.streamGate, detection.midStreamError], [false, "event"]);
});

Deno.test("buildSnapshot() turns a log off with an empty path, and keeps an absolute one", async () => {
  const { logging } = await snapshotOf(
    `${MINIMAL}logging: {request_dir: "", error_dir: "/var/log/e", general_file: "../p.log", redact: false}\n`,
  );
  assert.equal(logging.requestDir, "");
  assert.equal(logging.errorDir, resolve("/var/log/e"));
  assert.equal(logging.generalFile, resolve("/etc/p.log"));
  assert.equal(logging.redact, false);
});

Deno.test("buildSnapshot() lists every credential once, those of disabled backends too", async () => {
  const { secrets } = await snapshotOf(`backends:
  - {name: a, url: "https://a", api_key: [k1, k2]}
  - {name: b, url: "https://b", api_key: k1, enabled: false}
  - {name: c, url: "https://c", api_key: k3, enabled: false}
${MODELS}`);
  assert.deepEqual(secrets, ["k1", "k2", "k3"]);
});

Deno.test("buildSnapshot() freezes everything", async () => {
  const snapshot = await snapshotOf(`${MINIMAL}detection: {error_patterns: [x]}\n`);
  const alias = snapshot.aliases.get("m");
  const parts = [
    snapshot,
    snapshot.listen,
    snapshot.fallback,
    snapshot.detection,
    snapshot.detection.errorPatterns,
    snapshot.detection.errorPatterns[0],
    snapshot.logging,
    snapshot.limits,
    snapshot.secrets,
    snapshot.warnings,
    snapshot.backends.get("a"),
    snapshot.backends.get("a")?.timeouts,
    snapshot.backends.get("a")?.keys,
    alias,
    alias?.routes,
    alias?.fallbackTo,
    alias?.routes[0],
  ];
  for (const part of parts) assert.ok(part !== undefined && Object.isFrozen(part));
});
