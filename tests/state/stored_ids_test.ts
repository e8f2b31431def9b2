import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { StoredIds } from "../../lib/state/stored_ids.ts";
import { StoredIdsFile } from "../../lib/state/stored_ids_file.ts";
import { FALLBACK } from "../routing.ts";
import { parts, testLoops } from "./loops.ts";

const POSIX = Deno.build.os !== "windows";
const NOW = new Date("2026-03-01T12:00:00.000Z");
const HOME = { backend: "one", keyDigest: "Ab3_" };

/** A directory of its own, and maps of stored ids that may share a file in it. */
async function startStored() {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const file = join(directory, "stored-ids.jsonl");
  const warnings: string[] = [];
  const opened: StoredIds[] = [];
  return {
    directory,
    file,
    warnings,
    /** As a process that starts with this file, once it has read it. */
    async start(path = file, maxEntries?: number): Promise<StoredIds> {
      const warn = (line: string) => void warnings.push(line);
      const [ids] = parts((shared) => {
        return new StoredIds({ now: () => NOW, warn, shared, ...maxEntries && { maxEntries } });
      });
      opened.push(ids);
      configure(ids, path);
      await ids.flush();
      return ids;
    },
    async [Symbol.asyncDispose]() {
      for (const ids of opened) await ids.flush();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function configure(ids: StoredIds, storedIdsFile: string): void {
  ids.configure({ fallback: { ...FALLBACK, storedIdsFile } });
}

async function linesOf(path: string): Promise<string[]> {
  return (await Deno.readTextFile(path)).split("\n").slice(0, -1);
}

function line(id: string, backend = "one"): string {
  return JSON.stringify({ id, backend, key: null, at: NOW.toISOString() });
}

testLoops("StoredIds.set() remembers who made an object, at once", async () => {
  await using stored = await startStored();
  const ids = await stored.start();
  ids.set("a", HOME);
  assert.deepEqual(ids.get("a"), HOME);
  assert.equal(ids.get("b"), undefined);
});

testLoops("StoredIds.set() writes a line for each object", async () => {
  await using stored = await startStored();
  const ids = await stored.start();
  ids.set("a", HOME);
  ids.set("b", { backend: "two", keyDigest: undefined });
  await ids.flush();
  assert.deepEqual(await linesOf(stored.file), [
    '{"id":"a","backend":"one","key":"Ab3_","at":"2026-03-01T12:00:00.000Z"}',
    '{"id":"b","backend":"two","key":null,"at":"2026-03-01T12:00:00.000Z"}',
  ]);
});

testLoops("StoredIds.set() writes nothing for what is known already", async () => {
  await using stored = await startStored();
  const ids = await stored.start();
  for (let time = 0; time < 3; time++) {
    ids.set("a", HOME);
    await ids.flush();
  }
  assert.equal((await linesOf(stored.file)).length, 1);
});

testLoops("StoredIds.configure() reads what an earlier process wrote", async () => {
  await using stored = await startStored();
  const before = await stored.start();
  before.set("a", HOME);
  before.set("b", { backend: "two", keyDigest: undefined });
  await before.flush();
  const after = await stored.start();
  assert.deepEqual(after.get("a"), HOME);
  assert.deepEqual(after.get("b"), { backend: "two", keyDigest: undefined });
  assert.deepEqual(stored.warnings, []);
});

testLoops(
  "StoredIds.configure() lets what is learned while it reads win over the file",
  async () => {
    await using stored = await startStored();
    await Deno.writeTextFile(stored.file, `${line("a", "old")}\n${line("b", "old")}\n`);
    const ids = new StoredIds({ now: () => NOW, warn: assert.fail });
    configure(ids, stored.file);
    ids.set("a", { backend: "new", keyDigest: undefined });
    await ids.flush();
    assert.equal(ids.get("a")?.backend, "new");
    assert.equal(ids.get("b")?.backend, "old");
    assert.equal((await stored.start()).get("a")?.backend, "new");
  },
);

testLoops("StoredIds keeps to memory when it is given no file", async () => {
  await using stored = await startStored();
  const ids = await stored.start("");
  ids.set("a", HOME);
  await ids.flush();
  assert.deepEqual(ids.get("a"), HOME);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(stored.directory)), []);
});

Deno.test({
  name: "StoredIds makes its file and directory for their owner alone",
  ignore: !POSIX,
  async fn() {
    await using stored = await startStored();
    const path = join(stored.directory, "deep/er/ids.jsonl");
    const mode = async (of: string) => ((await Deno.stat(of)).mode ?? 0) & 0o777;
    const ids = await stored.start(path);
    ids.set("a", HOME);
    await ids.flush();
    assert.equal(await mode(path), 0o600);
    assert.equal(await mode(dirname(path)), 0o700);
    ids.set("a", { ...HOME, backend: "two" });
    await ids.flush();
    assert.equal(await mode(path), 0o600);
  },
});

testLoops("StoredIds drops the oldest when it is full, in the file too", async () => {
  await using stored = await startStored();
  const ids = await stored.start(stored.file, 2);
  for (const id of ["a", "b", "c", "d"]) {
    ids.set(id, HOME);
    await ids.flush();
  }
  assert.deepEqual(["a", "b", "c", "d"].map((id) => ids.get(id)?.backend), [
    ...[undefined, undefined],
    ...["one", "one"],
  ]);
  const known = (await linesOf(stored.file)).map((text) => JSON.parse(text).id);
  assert.deepEqual(known, ["c", "d"]);
});

testLoops("StoredIds writes its file anew when it has twice as many lines as entries", async () => {
  await using stored = await startStored();
  const ids = await stored.start();
  const lengths: number[] = [];
  for (const [id, backend] of [["a", "one"], ["b", "one"], ["a", "two"], ["b", "two"]] as const) {
    ids.set(id, { backend, keyDigest: undefined });
    await ids.flush();
    lengths.push((await linesOf(stored.file)).length);
  }
  assert.deepEqual(lengths, [1, 2, 3, 2]);
  assert.deepEqual(await linesOf(stored.file), [line("a", "two"), line("b", "two")]);
});

testLoops("StoredIds skips damaged lines with one warning, and mends the file", async () => {
  await using stored = await startStored();
  const damaged = ['{"id":"x","back', "7", '{"id":"y"}', line("z").replace("null", "7")];
  await Deno.writeTextFile(stored.file, [line("a"), ...damaged, line("b"), ""].join("\n"));
  const ids = await stored.start();
  assert.equal(ids.size, 2);
  assert.equal(ids.get("a")?.backend, "one");
  assert.deepEqual(stored.warnings, [
    `4 damaged lines of ${stored.file} were skipped: what they say of stored objects is lost.`,
  ]);
  assert.deepEqual(await linesOf(stored.file), [line("a"), line("b")]);
});

testLoops("StoredIds mends a file whose last line was cut before it writes another", async () => {
  await using stored = await startStored();
  for (const cut of [line("b"), line("b").slice(0, 20)]) {
    await Deno.writeTextFile(stored.file, `${line("a")}\n${cut}`);
    const ids = await stored.start();
    ids.set("c", HOME);
    await ids.flush();
    const again = await stored.start();
    assert.equal(again.get("a")?.backend, "one");
    assert.equal(again.get("c")?.backend, "one");
  }
  assert.equal(stored.warnings.length, 1);
});

testLoops("StoredIds leaves a file alone that is somebody else's", async () => {
  await using stored = await startStored();
  await Deno.writeTextFile(stored.file, "models:\n  - a\n");
  const ids = await stored.start();
  ids.set("a", HOME);
  await ids.flush();
  assert.equal(await Deno.readTextFile(stored.file), "models:\n  - a\n");
  assert.deepEqual(ids.get("a"), HOME);
  assert.deepEqual(stored.warnings, [
    `Cannot keep ids of stored objects in ${stored.file}: it holds something else; ` +
    "name a file that does not exist yet. They are kept in memory meanwhile.",
  ]);
});

testLoops(
  "StoredIds warns once of a disk that fails, and writes everything when it works again",
  async () => {
    await using stored = await startStored();
    const ids = await stored.start();
    await Deno.mkdir(stored.file);
    for (const id of ["a", "b", "c"]) {
      ids.set(id, HOME);
      await ids.flush();
    }
    assert.equal(stored.warnings.length, 1);
    assert.equal(ids.get("c")?.backend, "one");
    await Deno.remove(stored.file);
    ids.set("d", HOME);
    await ids.flush();
    const known = (await linesOf(stored.file)).map((text) => JSON.parse(text).id);
    assert.deepEqual(known, ["a", "b", "c", "d"]);
    // And says that once, too.
    ids.set("e", HOME);
    await ids.flush();
    assert.deepEqual(stored.warnings.slice(1), [
      `Ids of stored objects are kept again in ${stored.file}; none is missing.`,
    ]);
  },
);

testLoops(
  "StoredIds.configure() changes to another file and takes along what it knows",
  async () => {
    await using stored = await startStored();
    const other = join(stored.directory, "other.jsonl");
    await Deno.writeTextFile(other, `${line("there")}\n`);
    const ids = await stored.start();
    ids.set("here", HOME);
    configure(ids, other);
    await ids.flush();
    assert.equal(ids.get("there")?.backend, "one");
    ids.set("later", HOME);
    await ids.flush();
    const after = await stored.start(other);
    assert.deepEqual(["here", "there", "later"].map((id) => after.get(id)?.backend), [
      ...["one", "one", "one"],
    ]);
  },
);

testLoops("StoredIds.configure() stops writing when the file is taken away", async () => {
  await using stored = await startStored();
  const ids = await stored.start();
  ids.set("a", HOME);
  await ids.flush();
  configure(ids, "");
  ids.set("b", HOME);
  await ids.flush();
  assert.equal((await linesOf(stored.file)).length, 1);
  configure(ids, stored.file);
  await ids.flush();
  assert.equal((await linesOf(stored.file)).length, 2);
});

const MISHAPS: Readonly<Record<string, readonly [(path: string) => Promise<void>, RegExp]>> = {
  "is deleted": [(path) => Deno.remove(path), /was deleted or moved away: it is written again/],
  "is cut": [(path) => Deno.truncate(path, 0), /was cut: it is written again from memory/],
  "is replaced": [
    async (path) => {
      await Deno.writeTextFile(`${path}.other`, `${line("theirs")}\n`);
      await Deno.rename(`${path}.other`, path);
    },
    /was replaced by another: what that one says is taken in/,
  ],
};

for (const [what, [befall, words]] of Object.entries(MISHAPS)) {
  testLoops(
    `cases 14: StoredIds.look() writes its file again that ${what}, said once`,
    async () => {
      await using stored = await startStored();
      const ids = await stored.start();
      for (const id of ["a", "b"]) ids.set(id, HOME);
      await ids.flush();
      await befall(stored.file);
      for (let looks = 0; looks < 3; looks++) await ids.look();
      const known = (await linesOf(stored.file)).map((text) => JSON.parse(text).id);
      assert.deepEqual(known.slice(-2), ["a", "b"]);
      assert.equal(stored.warnings.length, 1, stored.warnings.join("\n"));
      assert.match(stored.warnings[0] ?? "", words);
    },
  );
}

Deno.test("cases 14: two StoredIds on one file lose nothing of each other's, and say so once", async () => {
  await using stored = await startStored();
  const [one, other] = [await stored.start(), await stored.start()];
  for (const id of ["a", "b", "c"]) {
    one.set(`one ${id}`, HOME);
    await one.flush();
    other.set(`other ${id}`, HOME);
    await other.flush();
    await one.look();
  }
  assert.equal(one.size, 6);
  assert.equal(other.size, 6);
  assert.equal(new Set((await linesOf(stored.file)).map((text) => JSON.parse(text).id)).size, 6);
  assert.equal(stored.warnings.filter((each) => /a second llm-proxy perhaps/.test(each)).length, 2);
});

Deno.test("cases 14: StoredIdsFile.append() takes no file that it had to make for the one that was left", async () => {
  await using stored = await startStored();
  const file = new StoredIdsFile(stored.file);
  const at = NOW.toISOString();
  await file.read();
  await file.append([{ id: "a", backend: "one", key: null, at }]);
  assert.equal(await file.change(), undefined);
  await Deno.remove(stored.file);
  await file.append([{ id: "b", backend: "one", key: null, at }]);
  assert.ok(await file.change() !== undefined);
});
