import assert from "node:assert/strict";
import { join } from "node:path";
import { startReloadScene, takesEffect } from "./reload_scene.ts";

const ignore = Deno.build.os === "windows";

async function makeFifo(path: string): Promise<void> {
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assert.ok(success);
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test({
    name: `H6: a FIFO beside the configuration hangs neither a reload nor ${signal}`,
    ignore,
    async fn() {
      await using scene = await startReloadScene();
      const { home: { directory, configFile }, program, next } = scene;
      await Deno.mkdir(join(directory, "elsewhere"));
      await makeFifo(join(directory, "any.fifo"));
      await makeFifo(join(directory, "elsewhere", "other.fifo"));
      await Deno.writeTextFile(join(directory, "elsewhere", "model"), "backend-model");
      const naming = next.replace("model: after-model", 'model: "${file:elsewhere/model}"');
      assert.notEqual(naming, next);
      await takesEffect(scene, () => Deno.writeTextFile(configFile, naming));
      program.signal(signal);
      assert.equal((await program.exited).code, 0);
    },
  });
}

Deno.test({
  name: "H6: a FIFO that takes the configuration's place is told of, and SIGTERM ends the program",
  ignore,
  async fn() {
    await using scene = await startReloadScene();
    const { home: { configFile }, program, answers } = scene;
    await makeFifo(`${configFile}.fifo`);
    await Deno.rename(`${configFile}.fifo`, configFile);
    await program.logged(/is not a regular file/);
    assert.equal(await answers(), "before");
    program.signal("SIGTERM");
    assert.equal((await program.exited).code, 0);
  },
});
