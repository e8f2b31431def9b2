/** The task itself, as a person runs it. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Transcript } from "../blackbox/transcript.ts";
import { startProxy } from "../proxy.ts";

/** A configuration that lets nothing pass yet. */
const NOTHING = `
backends: [{ name: none, url: "http://127.0.0.1:1" }]
models: { other: [{ backend: none, model: none }] }
`;

function startTask(...args: string[]) {
  const script = fileURLToPath(new URL("conformance.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-all", script, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = new Transcript(child.stdout);
  const stderr = new Transcript(child.stderr);
  const exited = Promise.all([child.status, stdout.ended, stderr.ended]).then(([{ code }]) => code);
  return { stdout, stderr, exited };
}

Deno.test("conformance checks a gateway once it is configured as the task says", async () => {
  await using proxy = await startProxy(NOTHING);
  const task = startTask("--", proxy.url, "--ports", "0,0", "--model", "any");
  const [, config = ""] = await task.stdout.until(/configuration:\n\n(backends:.*)\nWaiting/s);
  await proxy.configure(config);
  const code = await task.exited;
  assert.equal(task.stderr.text, "");
  assert.match(task.stdout.text, /^Claude Code: HEAD \/api\/hello is answered {2,}pass$/m);
  const [, passed, all] = /^(\d+) of (\d+) passed$/m.exec(task.stdout.text) ?? [];
  assert.ok(Number(passed) > 0);
  assert.equal(code, passed === all ? 0 : 1);
  const failures = task.stdout.text.match(/ {2}fail {2}\S/g) ?? [];
  assert.equal(failures.length, Number(all) - Number(passed));
});

Deno.test("conformance exits 1 when no request comes through, and says what came instead", async () => {
  await using proxy = await startProxy(NOTHING);
  const task = startTask(proxy.url, "--ports", "0,0", "--wait", "0.1");
  assert.equal(await task.exited, 1);
  assert.match(task.stdout.text, /^No request came through within 0\.1 s: its answer is 400$/m);
});

Deno.test("conformance exits 2 and prints its usage when it is asked wrongly", async () => {
  const task = startTask("nowhere");
  assert.equal(await task.exited, 2);
  assert.match(task.stdout.text, /^conformance: the URL must be http:\/\/HOST:PORT, not nowhere$/m);
  assert.match(task.stdout.text, /^deno task conformance -- \[URL\] \[options\]$/m);
});
