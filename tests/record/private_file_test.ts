import assert from "node:assert/strict";
import { join } from "node:path";
import { openHistory } from "../../lib/record/open_history.ts";
import { appendPrivately, openPrivately, replacePrivately } from "../../lib/record/private_file.ts";
import { StoredIdsFile } from "../../lib/state/stored_ids_file.ts";

const posix = { ignore: Deno.build.os === "windows" };

/** A directory in which a link named `ours` leads to somebody else's file. */
async function withTrap(
  play: (paths: { directory: string; ours: string; theirs: string }) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const [ours, theirs] = [join(directory, "ours"), join(directory, "theirs")];
  try {
    await Deno.writeTextFile(theirs, "theirs");
    await Deno.symlink(theirs, ours);
    await play({ directory, ours, theirs });
    assert.equal(await Deno.readTextFile(theirs), "theirs");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Everything that writes a file of ours by its path. */
const WRITERS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "appendPrivately()": (path) => appendPrivately(path, "x"),
  "openPrivately()": async (path) => await openPrivately(path).close(),
  "openHistory()": async (path) => await openHistory(path).close(),
  "StoredIdsFile.read()": async (path) => void await new StoredIdsFile(path).read(),
  "StoredIdsFile.append()": (path) => new StoredIdsFile(path).append([]),
};

for (const [name, write] of Object.entries(WRITERS)) {
  Deno.test(
    `H15: ${name} follows no symbolic link`,
    posix,
    () =>
      withTrap(async ({ ours, theirs }) => {
        await assert.rejects(() => Promise.resolve().then(() => write(ours)), /symbolic link/);
        await Deno.remove(ours);
        await Deno.symlink(`${theirs}-none`, ours);
        await assert.rejects(() => Promise.resolve().then(() => write(ours)), /symbolic link/);
        await assert.rejects(Deno.stat(`${theirs}-none`), Deno.errors.NotFound);
      }),
  );

  Deno.test(`H15: ${name} waits for no FIFO`, posix, () =>
    withTrap(async ({ directory }) => {
      const path = join(directory, "fifo");
      await new Deno.Command("mkfifo", { args: [path] }).output();
      await assert.rejects(() => Promise.resolve().then(() => write(path)), /it is no file/);
    }));

  Deno.test(
    `H15: ${name} takes a directory that is a link`,
    posix,
    () =>
      withTrap(async ({ directory }) => {
        await Deno.mkdir(join(directory, "real"));
        await Deno.symlink(join(directory, "real"), join(directory, "linked"));
        await write(join(directory, "linked", "file"));
      }),
  );
}

for (const suffix of ["-wal", "-shm", "-journal"]) {
  Deno.test(
    `H15: openHistory() follows no symbolic link at ${suffix}`,
    posix,
    () =>
      withTrap(async ({ directory, theirs }) => {
        const path = join(directory, "history.db");
        await Deno.symlink(theirs, path + suffix);
        assert.throws(() => openHistory(path), /symbolic link/);
      }),
  );
}

Deno.test(
  "H15: replacePrivately() and a rewrite put a file where a link stood",
  posix,
  () =>
    withTrap(async ({ directory, ours, theirs }) => {
      await replacePrivately(ours, "ours");
      assert.deepEqual(
        [await Deno.readTextFile(ours), (await Deno.lstat(ours)).isSymlink],
        ["ours", false],
      );
      const path = join(directory, "ids");
      await Deno.symlink(theirs, `${path}.new`);
      await new StoredIdsFile(path).rewrite([]);
      assert.equal(await Deno.readTextFile(path), "");
    }),
);

Deno.test(
  "appendPrivately() makes a file for its owner alone, and adds to it",
  posix,
  () =>
    withTrap(async ({ directory }) => {
      const path = join(directory, "new/log");
      await appendPrivately(path, "a");
      await appendPrivately(path, "b");
      await Promise.all(["c", "c", "c"].map((text) => appendPrivately(`${path}2`, text)));
      assert.equal(await Deno.readTextFile(path), "ab");
      assert.equal(await Deno.readTextFile(`${path}2`), "ccc");
      assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
      await appendPrivately("/dev/null", "gone");
    }),
);
