import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import { configSchema } from "../../lib/config/schema.ts";
import type { Snapshot } from "../../lib/config/snapshot.ts";
import { SEED_YAML } from "../seed_example.ts";
import { AUTHORITY, KEY, RIGHT } from "../faults/certificates.ts";
import { snapshotOf } from "./parse.ts";

const EXAMPLE = fileURLToPath(new URL("../../config.example.yaml", import.meta.url));

async function example(): Promise<Snapshot> {
  const loaded = await loadConfig(EXAMPLE, { revision: 1, env: () => undefined });
  if (!loaded.ok) assert.fail(loaded.problems.map(formatProblem).join("\n"));
  return loaded.snapshot;
}

Deno.test("parseConfig() loads the first README's example as printed", async () => {
  const snapshot = await snapshotOf(SEED_YAML);
  const routes = snapshot.aliases.get("claude-opus")?.routes ?? [];
  assert.deepEqual(routes.map(({ backend, model }) => [backend.name, model]), [
    ["provider-a", "claude-opus-4"],
  ]);
  assert.deepEqual([...snapshot.detection.errorCodes], [402, 429, 500, 502, 503, 504]);
  assert.equal(snapshot.logging.level, "debug");
  assert.equal(snapshot.warnings.length, 1);
  assert.match(
    snapshot.warnings[0] ?? "",
    /:15:16: models\.claude-opus\[1\]\.backend: .*"provider-b"/,
  );
});

Deno.test("config.example.yaml loads without a warning", async () => {
  const snapshot = await example();
  assert.deepEqual(snapshot.warnings, []);
  assert.deepEqual([...snapshot.backends.keys()], ["provider-a", "provider-b"]);
});

Deno.test("config.example.yaml says what the first README's example says", async () => {
  // Both as if read from the same directory, so that relative paths in them are the same.
  const shown = await snapshotOf(await Deno.readTextFile(EXAMPLE));
  const seed = await snapshotOf(SEED_YAML);
  assert.deepEqual(shown.listen, seed.listen);
  assert.deepEqual(shown.defaultBackend, seed.defaultBackend);
  assert.deepEqual(shown.fallback, seed.fallback);
  assert.deepEqual(shown.limits, seed.limits);
  assert.deepEqual(shown.logging, seed.logging);
  assert.deepEqual(shown.secrets, seed.secrets);
  assert.deepEqual(shown.detection.errorCodes, seed.detection.errorCodes);
  assert.deepEqual(shown.backends.get("provider-a"), seed.backends.get("provider-a"));
  const [first] = seed.aliases.get("claude-opus")?.routes ?? [];
  assert.deepEqual(shown.aliases.get("claude-opus")?.routes[0], first);
});

Deno.test("config.example.yaml shows every key", async () => {
  const text = await Deno.readTextFile(EXAMPLE);
  const keys = new Set<string>();
  JSON.stringify(configSchema(), (key, value) => {
    if (key === "properties") Object.keys(value).forEach((name) => keys.add(name));
    return value;
  });
  assert.ok(keys.size > 30);
  for (const key of keys) assert.match(text, new RegExp(`\\b${key}:`), key);
});

Deno.test("config.example.yaml loads with everything it shows in comments, too", async () => {
  const text = (await Deno.readTextFile(EXAMPLE))
    // Which is for editors, and no key.
    .replace(/^# yaml-language-server:.*\n/, "")
    .replace('listen: ":8080"', 'listen: "127.0.0.1:8080"')
    .replace(/^( *)# ( *(?:- )?"?[a-z][a-z_-]*"?:(?: .*)?)$/gm, "$1$2");
  const files = {
    "/etc/proxy/cert.pem": RIGHT,
    "/etc/proxy/key.pem": KEY,
    "/etc/proxy/corporate-root.pem": AUTHORITY,
  };
  const snapshot = await snapshotOf(text, {
    env: { PROVIDER_B_KEY: "k", PROXY_KEY: "proxy-key" },
    files,
  });
  assert.equal(snapshot.backends.get("provider-b")?.timeouts.firstByteMs, 300_000);
  assert.deepEqual([...snapshot.aliases.keys()], ["claude-opus", "gpt-fast"]);
  assert.equal(snapshot.backends.get("provider-b")?.auth, "inject");
  assert.equal(snapshot.backends.get("provider-b")?.timeouts.firstContentMs, 300_000);
  assert.deepEqual(snapshot.aliases.get("gpt-fast")?.fallbackTo, ["claude-opus"]);
  assert.equal(snapshot.defaultBackend?.name, "provider-a");
  const [laptop] = snapshot.callers ?? [];
  assert.deepEqual([laptop?.name, laptop?.key], ["laptop", "proxy-key"]);
  assert.deepEqual(laptop?.models?.map(({ source }) => source), ["claude-*"]);
  const [bare = "", ...others] = snapshot.warnings;
  assert.match(
    bare,
    /backend "provider-a" gets no credential from a caller that sends only its key/,
  );
  assert.deepEqual(others, []);
});
