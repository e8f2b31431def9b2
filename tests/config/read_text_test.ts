import assert from "node:assert/strict";
import { MAX_FILE_BYTES, readText } from "../../lib/config/read_text.ts";

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function readBytes(bytes: Uint8Array): Promise<string> {
  let outcome = "";
  await withDirectory(async (directory) => {
    const path = `${directory}/file`;
    await Deno.writeFile(path, bytes);
    outcome = await describe(path);
  });
  return outcome;
}

async function describe(path: string): Promise<string> {
  const read = await readText(path);
  return read.ok ? read.value : `refused: ${read.reason}`;
}

Deno.test("readText() gives the text without its byte order mark", async () => {
  assert.equal(await readBytes(new TextEncoder().encode("\uFEFFa: é\r\n")), "a: é\r\n");
  assert.equal(await readBytes(new Uint8Array()), "");
});

Deno.test("F131: readText() refuses UTF-16, with and without a mark", async () => {
  assert.match(await readBytes(Uint8Array.of(0xff, 0xfe, 0x61, 0)), /UTF-16/);
  assert.match(await readBytes(Uint8Array.of(0xfe, 0xff, 0, 0x61)), /UTF-16/);
  assert.match(await readBytes(Uint8Array.of(0x61, 0, 0x3a, 0)), /UTF-16/);
  assert.match(await readBytes(Uint8Array.of(0, 0x61, 0, 0x3a)), /UTF-16/);
});

Deno.test("F131: readText() refuses what is not UTF-8", async () => {
  assert.match(await readBytes(Uint8Array.of(0x61, 0xe9, 0x0a)), /not UTF-8/);
});

Deno.test("F130: readText() refuses a missing file, a directory and a device", async () => {
  await withDirectory(async (directory) => {
    assert.equal(await describe(`${directory}/none`), "refused: does not exist");
    assert.equal(await describe(directory), "refused: is a directory, not a file");
    if (Deno.build.os === "windows") return;
    assert.equal(await describe("/dev/null"), "refused: is not a regular file");
  });
});

Deno.test({
  name: "F130: readText() refuses a FIFO without waiting for its writer",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withDirectory(async (directory) => {
      const made = await new Deno.Command("mkfifo", { args: [`${directory}/fifo`] }).output();
      assert.ok(made.success);
      assert.equal(await describe(`${directory}/fifo`), "refused: is not a regular file");
    }),
});

Deno.test({
  name: "F130: readText() refuses a file that may not be read",
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: () =>
    withDirectory(async (directory) => {
      await Deno.writeTextFile(`${directory}/file`, "a", { mode: 0o000 });
      assert.equal(
        await describe(`${directory}/file`),
        "refused: may not be read: permission denied",
      );
    }),
});

Deno.test("F130: readText() refuses over 1 MiB, however large, and reads 1 MiB", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/file`;
    await Deno.writeFile(path, new Uint8Array(MAX_FILE_BYTES).fill(0x61));
    assert.equal((await describe(path)).length, MAX_FILE_BYTES);
    await Deno.truncate(path, MAX_FILE_BYTES + 1);
    assert.match(await describe(path), /too large: 1048577 bytes/);
    await Deno.truncate(path, 1024 ** 3);
    assert.match(await describe(path), /too large/);
  });
});

Deno.test({
  name: "readText() reads all of a file that is longer than its size says",
  // The kernel's files are of size 0, whatever is in them.
  ignore: Deno.build.os !== "linux",
  async fn() {
    assert.equal((await Deno.stat("/proc/self/maps")).size, 0);
    const text = await describe("/proc/self/maps");
    assert.ok(text.length > 4096);
    assert.match(text, /^[0-9a-f]+-[0-9a-f]+ .*\n$/s);
  },
});

Deno.test("H6: readText() waits for no file system that gives no answer", async () => {
  const { promise, resolve } = Promise.withResolvers<{ ok: true; value: string }>();
  const read = await readText("/far/away", { patienceMs: 10, readNow: () => promise });
  const reason = "cannot be read: nothing came of it for 0.01 s";
  assert.deepEqual(read, { ok: false, reason, isPassing: false });
  resolve({ ok: true, value: "" });
});
