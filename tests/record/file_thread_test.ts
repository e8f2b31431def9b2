import assert from "node:assert/strict";
import { join } from "node:path";
import { FileThread, type FileThreadOptions } from "../../lib/record/file_thread.ts";
import { writeNewFiles, writeNewFilesSync } from "../../lib/record/new_files.ts";

const TEXT = new TextEncoder().encode("text");

/** A thread, and a directory of its own. */
async function startThread(options: FileThreadOptions = {}) {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const thread = new FileThread(options);
  const at = (...names: readonly string[]) => names.map((name) => join(directory, name));
  return {
    thread,
    at,
    read: (name: string) => Deno.readTextFile(join(directory, name)),
    async [Symbol.asyncDispose]() {
      thread.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

for (
  const [name, write] of Object.entries({
    "FileThread.write()": undefined,
    "writeNewFiles()": writeNewFiles,
    "writeNewFilesSync()": writeNewFilesSync,
  })
) {
  Deno.test(`${name} writes files and says why one is not there`, async () => {
    await using scene = await startThread();
    const { thread, at, read } = scene;
    const writing = write ?? thread.write;
    await Deno.writeTextFile(at("taken")[0]!, "somebody else's");
    const fates = await writing([
      { paths: at("a", "deep/er/a"), bytes: TEXT },
      { paths: at("taken", "b"), bytes: TEXT },
      { paths: at("a/under/a/file"), bytes: TEXT },
    ]);
    assert.deepEqual(fates.map((each) => each.map((why) => why === undefined)), [
      [true, true],
      [false, true],
      [false],
    ]);
    assert.match(fates[1]?.[0] ?? "", /exists/);
    assert.deepEqual(await Promise.all(["a", "deep/er/a", "b"].map(read)), Array(3).fill("text"));
    assert.equal(await read("taken"), "somebody else's");
  });
}

Deno.test("FileThread.write() writes one batch after the other", async () => {
  await using scene = await startThread();
  for (let batch = 0; batch < 3; batch++) {
    const files = [{ paths: scene.at(`${batch}`), bytes: TEXT }];
    assert.deepEqual(await scene.thread.write(files), [[undefined]]);
  }
  assert.equal(await scene.read("2"), "text");
});

Deno.test("FileThread.write() does without a thread that has died, or is closed", async () => {
  const url = new URL("data:text/javascript,throw new Error('on purpose')");
  await using scene = await startThread({ url });
  assert.deepEqual(await scene.thread.write([{ paths: scene.at("a"), bytes: TEXT }]), [[
    undefined,
  ]]);
  scene.thread.close();
  assert.deepEqual(await scene.thread.write([{ paths: scene.at("b"), bytes: TEXT }]), [[
    undefined,
  ]]);
  assert.deepEqual(await Promise.all(["a", "b"].map(scene.read)), ["text", "text"]);
});
