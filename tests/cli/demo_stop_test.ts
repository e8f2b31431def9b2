/** How `llm-proxy demo` ends. */
import assert from "node:assert/strict";
import { addressOf, type DemoProcess, invited, startDemo } from "./demo_process.ts";

Deno.test("demo() ends on SIGTERM with status 0 and removes its directory", async () => {
  await using demo = await startDemo();
  await invited(demo);
  demo.kill("SIGTERM");
  assert.equal(await demo.status, 0);
  assert.equal(await demo.errors, "");
  assert.deepEqual([...Deno.readDirSync(demo.directory)], []);
});

Deno.test("demo() ends on a signal while its own request is under way", async () => {
  await using demo = await startDemo();
  await demo.until(/attempt 1/);
  demo.kill("SIGTERM");
  assert.equal(await demo.status, 0);
  assert.equal(await demo.errors, "");
  assert.deepEqual([...Deno.readDirSync(demo.directory)], []);
});

Deno.test("drain() lets a stream end although one Ctrl-C arrives twice", async () => {
  await using demo = await startDemo();
  const stream = await streamFrom(demo);
  demo.kill("SIGINT");
  await demo.until(/^Stopping: /m);
  demo.kill("SIGINT");
  assert.match(await stream.text(), /data: \[DONE\]\n\n$/);
  assert.equal(await demo.status, 0);
});

Deno.test("drain() is cut short by a second signal", async () => {
  await using demo = await startDemo();
  const stream = await streamFrom(demo);
  demo.kill("SIGTERM");
  await demo.until(/^Stopping: /m);
  demo.kill("SIGTERM");
  await assert.rejects(stream.text());
  assert.equal(await demo.status, 1);
  assert.deepEqual([...Deno.readDirSync(demo.directory)], []);
});

/** A response of which the head has come and the rest is still being written. */
async function streamFrom(demo: DemoProcess): Promise<Response> {
  await invited(demo);
  return await fetch(`${await addressOf(demo)}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "demo-chat", stream: true, messages: [] }),
  });
}
