/** `llm-proxy demo` from its first line to its exit status. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { addressOf, invited, startDemo } from "./demo_process.ts";

const ANSWER = /Hello from the healthy provider! Your user message came to me through/;

Deno.test("demo() -once shows two failed attempts, then the healthy answer, in order", async () => {
  await using demo = await startDemo({ once: true });
  assert.equal(await demo.status, 0);
  await demo.errors;
  assertInOrder(demo.output(), [
    /^llm-proxy listening on http:\/\/127\.0\.0\.1:\d+\n/,
    /^ {2}attempt 1 {2}limited \(busy-gpt\) +429 rate limited +-> next; cools for 30 s$/m,
    /^ {2}attempt 2 {2}breaks \(resets\) +connection lost +-> next; cools for 60 s$/m,
    /^ {2}attempt 3 {2}healthy \(steady-gpt\) +200 OK +-> answers:$/m,
    ANSWER,
    /^Status 200 after 3 attempts: first token after \d+ ms, 43 tokens in \d\.\d s\.$/m,
    /^Its log: run the demo without -once to read it\.\n$/m,
  ]);
});

Deno.test("demo() -once leaves nothing on stderr and nothing on the disk", async () => {
  await using demo = await startDemo({ once: true });
  assert.equal(await demo.status, 0);
  assert.equal(await demo.errors, "");
  assert.deepEqual(namesIn(demo.directory), []);
});

Deno.test("demo() prints tokens as they arrive, not by the line", async () => {
  await using demo = await startDemo({ once: true });
  const early = await demo.until(/Hello from/);
  assert.doesNotMatch(early, /one ordinary request/);
  assert.match(await demo.until(/one ordinary request/), ANSWER);
});

Deno.test("demo() prints no colours where stdout is no terminal, and fits 80 columns", async () => {
  await using demo = await startDemo();
  const lines = (await invited(demo)).split("\n");
  const long = lines.filter((line) => line.length > 80 && !line.startsWith("Its log: "));
  assert.deepEqual(long, []);
  assert.ok(!demo.output().includes("\x1b"));
});

Deno.test("demo() needs no way around a proxy that the environment names", async () => {
  const dead = "http://127.0.0.1:9";
  await using demo = await startDemo({
    once: true,
    env: { HTTP_PROXY: dead, http_proxy: dead, ALL_PROXY: dead },
  });
  assert.equal(await demo.status, 0);
  assert.equal(await demo.errors, "");
});

Deno.test("demo() exits 1 with one line when it can make no directory", async () => {
  const nowhere = resolve("no-such-directory");
  await using demo = await startDemo({ env: { TMPDIR: nowhere, TEMP: nowhere, TMP: nowhere } });
  assert.equal(await demo.status, 1);
  assert.match(await demo.errors, /^The demo cannot run: no temporary directory .*TMPDIR.*\.\n$/);
  assert.equal(demo.output(), "");
});

Deno.test("demo() says where the log of its request is", async () => {
  await using demo = await startDemo();
  const [, path = ""] = /^Its log: (.+)$/m.exec(await invited(demo)) ?? [];
  const log = await Deno.readTextFile(path);
  for (const backend of ["limited", "breaks", "healthy"]) {
    assert.match(log, new RegExp(`^== attempt \\d: ${backend} `, "m"));
  }
});

Deno.test("demo() shows its requests on a dashboard, whose address it prints", async () => {
  await using demo = await startDemo();
  const [, url = ""] = /^Dashboard on (\S+)$/m.exec(await invited(demo)) ?? [];
  const page = await fetch(url);
  assert.match(await page.text(), /<html/);
  const requests = await (await fetch(new URL("api/requests", url))).text();
  assert.match(requests, /demo-chat/);
});

Deno.test("demo() shows later requests in a line each", async () => {
  await using demo = await startDemo();
  const url = `${await addressOf(demo)}/v1/chat/completions`;
  await invited(demo);
  const body = JSON.stringify({ model: "demo-chat", messages: [] });
  await (await fetch(url, { method: "POST", body })).body?.cancel();
  await (await fetch(url, { method: "POST", body: `{"model":"nonesuch"}` })).body?.cancel();
  assertInOrder(await demo.until(/unknown_model.*\n/), [
    /^ {2}demo-chat {4}healthy \(steady-gpt\) {5}200 {2}1 attempt {4}\d\.\d s {2}complete$/m,
    /^ {2}- {12}\s*unknown_model +400 {2}0 attempts +0\.0 s {2}complete$/m,
  ]);
});

/** Each pattern has a match after the match of the one before. */
function assertInOrder(text: string, patterns: readonly RegExp[]): void {
  let rest = text;
  for (const pattern of patterns) {
    const match = pattern.exec(rest);
    assert.ok(match !== null, `${pattern} does not follow:\n${text}`);
    rest = rest.slice(match.index + match[0].length - 1);
  }
}

function namesIn(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name);
}
