import assert from "node:assert/strict";
import { connectTo, textOf } from "../caller.ts";
import { CONTENT, DONE } from "../peer.ts";
import { midStream } from "./mid_stream.ts";
import type { Home } from "./program.ts";

/** Resolves once connections are refused: a moment after the program has said so. */
async function refuses(url: string): Promise<void> {
  let last: unknown;
  for (let left = 100; left > 0; left--) {
    last = await connectTo(url).then((caller) => caller.leave(), (cause) => cause);
    if (last instanceof Error && /ECONNREFUSED/.test(last.message)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`connections are not refused: ${last}`);
}

async function requestLog({ directory }: Home): Promise<string> {
  const folder = `${directory}/logs/requests`;
  const [entry] = [...Deno.readDirSync(folder)];
  return await Deno.readTextFile(`${folder}/${entry?.name}`);
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`the program lets a stream end after ${signal}, and exits 0`, async () => {
    await using scene = await midStream();
    scene.program.signal(signal);
    await scene.program.logged(new RegExp(`${signal}: no new connections`));
    await refuses(scene.program.url);
    scene.release();
    const got = await scene.caller.reply();
    assert.deepEqual([textOf(got), got.ending], [CONTENT + DONE, "whole"]);
    const { code, stderr } = await scene.program.exited;
    assert.equal(code, 0);
    assert.doesNotMatch(stderr, /ERROR|^\s+at /m);
    assert.match(await requestLog(scene.home), /^== ending\ncomplete after 75 bytes/m);
  });
}

Deno.test("the program exits at once after a second signal, and the caller sees a cut", async () => {
  await using scene = await midStream();
  scene.program.signal("SIGTERM");
  await scene.program.logged(/SIGTERM: no new connections/);
  scene.program.signal("SIGTERM");
  assert.notEqual((await scene.program.exited).code, 0);
  assert.equal((await scene.caller.reply()).ending, "cut");
});

Deno.test("the program cuts a stream that outlasts drain_seconds, records it and exits 0", async () => {
  await using scene = await midStream();
  const { configFile } = scene.home;
  const yaml = await Deno.readTextFile(configFile);
  await Deno.writeTextFile(configFile, `${yaml}\nlimits: { drain_seconds: 0.2 }\n`);
  await scene.program.logged(/Reloaded .*reload 1 since/);
  scene.program.signal("SIGTERM");
  assert.equal((await scene.program.exited).code, 0);
  assert.equal((await scene.caller.reply()).ending, "cut");
  assert.match(await requestLog(scene.home), /^== ending\ncut after 61 bytes/m);
});

Deno.test({
  name: "the program exits although a FIFO stands beside its configuration",
  ignore: Deno.build.os === "windows", // it has no FIFOs
  async fn() {
    await using scene = await midStream();
    const { success } = await new Deno.Command("mkfifo", { args: [`${scene.home.directory}/fifo`] })
      .output();
    assert.ok(success);
    scene.release();
    await scene.caller.reply();
    scene.program.signal("SIGTERM");
    assert.equal((await scene.program.exited).code, 0);
  },
});
