import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { LogFiles } from "../../lib/record/log_files.ts";

const POSIX = Deno.build.os !== "windows";

/** A directory of its own, log files, and the warnings they gave. */
async function startLogFiles() {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const warnings: string[] = [];
  const written: string[] = [];
  const files = new LogFiles({
    warn: (line) => void warnings.push(line),
    wrote: (name, bytes) => void written.push(`${name}: ${bytes}`),
  });
  return {
    directory,
    files,
    warnings,
    written,
    add: (...paths: readonly string[]) =>
      files.add({ paths, heldBytes: 1, text: () => Promise.resolve("text") }),
    async [Symbol.asyncDispose]() {
      await files.flush();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** A path in whose place no directory can be made, until it is removed. */
async function blocked(directory: string): Promise<string> {
  const path = join(directory, "blocked");
  await Deno.writeTextFile(path, "not a directory");
  return path;
}

Deno.test("LogFiles.add() writes a file, and its directory if need be", async () => {
  await using log = await startLogFiles();
  const paths = ["a.log", "deep/er/b.log"].map((name) => join(log.directory, name));
  log.add(...paths);
  await log.files.flush();
  for (const path of paths) assert.equal(await Deno.readTextFile(path), "text");
  assert.equal(log.files.lost, 0);
});

Deno.test({
  name: "LogFiles.add() makes files and directories for their owner alone (F154)",
  ignore: !POSIX,
  async fn() {
    await using log = await startLogFiles();
    const path = join(log.directory, "deep/er/a.log");
    log.add(path);
    await log.files.flush();
    const mode = async (of: string) => ((await Deno.stat(of)).mode ?? 0) & 0o777;
    assert.equal(await mode(path), 0o600);
    assert.equal(await mode(dirname(path)), 0o700);
    assert.equal(await mode(dirname(dirname(path))), 0o700);
  },
});

Deno.test("LogFiles.add() overwrites nothing (F149)", async () => {
  await using log = await startLogFiles();
  const path = join(log.directory, "a.log");
  await Deno.writeTextFile(path, "earlier");
  log.add(path);
  await log.files.flush();
  assert.equal(await Deno.readTextFile(path), "earlier");
  assert.equal(log.files.lost, 1);
});

Deno.test({
  name: "LogFiles.add() follows no symlink that waits in its place (F151)",
  ignore: !POSIX,
  async fn() {
    await using log = await startLogFiles();
    const [victim, dangling] = ["victim", "dangling"].map((name) => join(log.directory, name));
    await Deno.writeTextFile(victim!, "precious");
    const planted = [victim!, dangling!].map((target) => ({ target, path: `${target}.log` }));
    for (const { target, path } of planted) await Deno.symlink(target, path);
    planted.forEach(({ path }) => log.add(path));
    await log.files.flush();
    assert.equal(await Deno.readTextFile(victim!), "precious");
    await assert.rejects(Deno.stat(dangling!), Deno.errors.NotFound);
    assert.equal(log.files.lost, 2);
  },
});

Deno.test("LogFiles.add() counts what cannot be written, and warns once (F143, F144)", async () => {
  await using log = await startLogFiles();
  const place = await blocked(log.directory);
  for (const name of ["a", "b", "c"]) log.add(join(place, name));
  await log.files.flush();
  assert.equal(log.files.lost, 3);
  assert.equal(log.warnings.length, 1);
  assert.match(
    log.warnings[0] ?? "",
    /^Request logs are being lost \(.+blocked\): .+\. Requests go on; .+$/,
  );
});

Deno.test("LogFiles.add() says when writing works again, and how much was lost", async () => {
  await using log = await startLogFiles();
  const place = await blocked(log.directory);
  log.add(join(place, "a"));
  await log.files.flush();
  await Deno.remove(place);
  for (const name of ["b", "c"]) log.add(join(place, name));
  await log.files.flush();
  assert.equal(await Deno.readTextFile(join(place, "b")), "text");
  assert.deepEqual(log.warnings.slice(1), [
    `Request logs are written again (${place}); 1 lost since the start.`,
  ]);
});

Deno.test("LogFiles.add() warns once of one directory while another works", async () => {
  await using log = await startLogFiles();
  const place = await blocked(log.directory);
  for (const name of ["a", "b", "c"]) log.add(join(log.directory, name), join(place, name));
  await log.files.flush();
  assert.equal(await Deno.readTextFile(join(log.directory, "c")), "text");
  assert.equal(log.files.lost, 3);
  assert.equal(log.warnings.length, 1, log.warnings.join("\n"));
});

Deno.test("LogFiles.add() makes a directory again that was deleted (F144)", async () => {
  await using log = await startLogFiles();
  const place = join(log.directory, "logs");
  log.add(join(place, "a"));
  await log.files.flush();
  await Deno.remove(place, { recursive: true });
  log.add(join(place, "b"));
  await log.files.flush();
  assert.equal(await Deno.readTextFile(join(place, "b")), "text");
  assert.deepEqual(log.warnings, []);
});

Deno.test("LogFiles.add() tells of each file that was written, with its size", async () => {
  await using log = await startLogFiles();
  const place = await blocked(log.directory);
  log.add(join(log.directory, "a.log"), join(place, "b.log"), join(log.directory, "c/a.log"));
  await log.files.flush();
  assert.deepEqual(log.written, ["a.log: 4", "a.log: 4"]);
});

Deno.test("LogFiles.add() loses a file whose text cannot be made, and no other", async () => {
  await using log = await startLogFiles();
  const paths = ["a", "b"].map((name) => join(log.directory, name));
  const text = () => Promise.reject(new Error("no text"));
  log.files.add({ paths: paths.slice(0, 1), heldBytes: 1, text });
  log.add(paths[1]!);
  await log.files.flush();
  assert.equal(await Deno.readTextFile(paths[1]!), "text");
  assert.equal(log.files.lost, 1);
});

interface StuckFile {
  /** Resolves when its turn to be written comes. */
  readonly begun: Promise<void>;
  /** Lets it be written. */
  release(): void;
}

/** Log files each of which takes until it is released. */
async function startStuckFiles() {
  const log = await startLogFiles();
  const all: StuckFile[] = [];
  function stuck(heldBytes: number): StuckFile {
    const [begun, disk] = [Promise.withResolvers<void>(), Promise.withResolvers<string>()];
    const text = () => {
      begun.resolve();
      return disk.promise;
    };
    log.files.add({ paths: [join(log.directory, String(all.length))], heldBytes, text });
    all.push({ begun: begun.promise, release: () => disk.resolve("text") });
    return all.at(-1)!;
  }
  return { ...log, stuck, release: () => all.forEach(({ release }) => release()) };
}

Deno.test("LogFiles.add() bounds the files that wait for a slow disk, and warns once (F146)", async () => {
  await using log = await startStuckFiles();
  const writing = 1;
  for (let file = 0; file < 10_000 + writing; file++) log.stuck(1);
  assert.equal(log.files.lost, 0);
  for (let file = 0; file < 5; file++) log.stuck(1);
  assert.equal(log.files.lost, 5);
  assert.deepEqual(log.warnings, [
    "Request logs are being lost (in memory): the disk is too slow. Requests go on; " +
    "the loss is counted.",
  ]);
  log.release();
  await log.files.flush();
  assert.deepEqual(log.warnings.slice(1), [
    "Request logs are written again (in memory); 5 lost since the start.",
  ]);
});

Deno.test("LogFiles.add() warns once for as long as its queue has not been empty", async () => {
  await using log = await startStuckFiles();
  const third = 60 * 1024 * 1024;
  const first = log.stuck(third);
  log.stuck(third);
  log.stuck(third);
  log.stuck(third);
  assert.equal(log.files.lost, 1);
  first.release();
  while (log.written.length === 0) await new Promise((turn) => setTimeout(turn, 1));
  log.stuck(third);
  log.stuck(third);
  assert.equal(log.files.lost, 2);
  assert.equal(log.warnings.length, 1);
  log.release();
});

Deno.test("LogFiles.add() bounds the memory that waits for a slow disk (F146)", async () => {
  await using log = await startStuckFiles();
  const third = 60 * 1024 * 1024;
  for (let file = 0; file < 1 + 2; file++) log.stuck(third);
  assert.equal(log.files.lost, 0);
  log.stuck(third);
  assert.equal(log.files.lost, 1);
  log.release();
});

Deno.test("LogFiles.add() writes one file however large when nothing else waits", async () => {
  await using log = await startStuckFiles();
  for (let file = 0; file < 1 + 1; file++) log.stuck(2 ** 40);
  assert.equal(log.files.lost, 0);
  log.release();
});
