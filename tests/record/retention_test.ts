import assert from "node:assert/strict";
import { join } from "node:path";
import { logNameOf } from "../../lib/record/log_name.ts";
import { Retention, type RetentionSettings } from "../../lib/record/retention.ts";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { standingClock, startProxy } from "../proxy.ts";

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

function nameAt(ms: number, index = 0): string {
  return logNameOf({ receivedAt: new Date(ms), id: index.toString(16).padStart(8, "0") });
}

/** Two directories of logs, and what keeps them small. */
async function startRetention(given: Partial<RetentionSettings> = {}) {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const [requestDir, errorDir] = [join(directory, "requests"), join(directory, "errors")];
  for (const path of [requestDir, errorDir]) await Deno.mkdir(path);
  const clock = standingClock();
  const [warnings, told]: [string[], string[]] = [[], []];
  const retention = new Retention({
    now: clock.now,
    warn: (line) => void warnings.push(line),
    info: (line) => void told.push(line),
  });
  const settings = { requestDir, errorDir, retainMs: Infinity, maxTotalBytes: Infinity, ...given };
  return {
    directory,
    requestDir,
    errorDir,
    clock,
    warnings,
    told,
    retention,
    /** A log that was there before, of 100 bytes. */
    put: (path: string, name: string) => Deno.writeFile(join(path, name), new Uint8Array(100)),
    names: (path = requestDir) => [...Deno.readDirSync(path)].map(({ name }) => name).sort(),
    /** Puts settings in force, and waits until nothing is left to do. */
    async run(more: Partial<RetentionSettings> = {}) {
      retention.configure({ ...settings, ...more });
      await passed(retention);
    },
    async [Symbol.asyncDispose]() {
      await retention.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Resolves when the pass that is due is over. */
async function passed(retention: Retention): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  await retention.settled();
}

Deno.test("Retention deletes logs that are too old, in both directories", async () => {
  await using scene = await startRetention({ retainMs: 14 * DAY_MS });
  const [old, young] = [START_MS - 15 * DAY_MS, START_MS - 13 * DAY_MS].map((ms) => nameAt(ms));
  for (const path of [scene.requestDir, scene.errorDir]) {
    await scene.put(path, old!);
    await scene.put(path, young!);
  }
  await scene.run();
  assert.deepEqual(scene.names(), [young]);
  assert.deepEqual(scene.names(scene.errorDir), [young]);
  assert.deepEqual([...scene.warnings, ...scene.told], []);
});

Deno.test("Retention deletes even the last log when it is too old", async () => {
  await using scene = await startRetention({ retainMs: DAY_MS });
  await scene.put(scene.requestDir, nameAt(START_MS - 2 * DAY_MS));
  await scene.run();
  assert.deepEqual(scene.names(), []);
});

Deno.test("Retention deletes the oldest of thousands of logs, over both directories", async () => {
  await using scene = await startRetention({ maxTotalBytes: 100 * 1000 });
  for (let index = 0; index < 3000; index++) {
    const path = index % 3 === 0 ? scene.errorDir : scene.requestDir;
    await scene.put(path, nameAt(START_MS - (3001 - index) * MINUTE_MS, index));
  }
  await scene.run();
  const left = [...scene.names(), ...scene.names(scene.errorDir)].sort();
  assert.equal(left.length, 900);
  assert.equal(left[0], nameAt(START_MS - 901 * MINUTE_MS, 2100));
});

Deno.test("Retention touches nothing that is not a log of ours", async () => {
  await using scene = await startRetention({ retainMs: DAY_MS, maxTotalBytes: 1 });
  const old = nameAt(START_MS - 9 * DAY_MS);
  const others = ["notes.txt", `${old}.gz`, `copy-of-${old}`, "2020-01-01T00-00-00.000Z.log"];
  for (const name of others) await scene.put(scene.requestDir, name);
  await Deno.mkdir(join(scene.requestDir, old));
  if (Deno.build.os !== "windows") {
    await Deno.symlink("notes.txt", join(scene.requestDir, nameAt(START_MS - 8 * DAY_MS)));
  }
  const before = scene.names();
  await scene.put(scene.requestDir, nameAt(START_MS - 7 * DAY_MS));
  await scene.run();
  assert.deepEqual(scene.names(), before);
});

Deno.test("Retention.wrote() makes room when too much has been written", async () => {
  await using scene = await startRetention({ maxTotalBytes: 1000 });
  await scene.put(scene.requestDir, nameAt(START_MS - 5 * MINUTE_MS));
  await scene.run();
  for (let index = 0; index < 10; index++) {
    const name = nameAt(START_MS + index * MINUTE_MS, index);
    await scene.put(scene.requestDir, name);
    scene.retention.wrote(name, 100);
  }
  await passed(scene.retention);
  assert.deepEqual(scene.names().length, 9);
  assert.equal(scene.names()[0], nameAt(START_MS + MINUTE_MS, 1));
});

Deno.test("Retention.wrote() counts what is written while the old logs are being counted", async () => {
  await using scene = await startRetention({ maxTotalBytes: 250 });
  await scene.put(scene.requestDir, nameAt(START_MS - MINUTE_MS));
  scene.retention.configure({
    requestDir: scene.requestDir,
    errorDir: "",
    retainMs: Infinity,
    maxTotalBytes: 250,
  });
  for (const index of [0, 1]) {
    const name = nameAt(START_MS + index * MINUTE_MS, index);
    await scene.put(scene.requestDir, name);
    scene.retention.wrote(name, 100);
  }
  await passed(scene.retention);
  assert.deepEqual(scene.names(), [nameAt(START_MS), nameAt(START_MS + MINUTE_MS, 1)]);
});

Deno.test("Retention.configure() takes a smaller maximum and a shorter age on a reload", async () => {
  await using scene = await startRetention();
  for (const days of [1, 2, 3]) await scene.put(scene.requestDir, nameAt(START_MS - days * DAY_MS));
  await scene.run();
  assert.equal(scene.names().length, 3);
  await scene.run({ maxTotalBytes: 250 });
  assert.equal(scene.names().length, 2);
  await scene.run({ retainMs: 1.5 * DAY_MS });
  assert.deepEqual(scene.names(), [nameAt(START_MS - DAY_MS)]);
});

Deno.test("Retention does without directories that are not there, or turned off", async () => {
  await using scene = await startRetention({ retainMs: DAY_MS, errorDir: "" });
  await Deno.remove(scene.requestDir);
  await scene.run();
  assert.deepEqual(scene.warnings, []);
});

Deno.test("Retention warns once of a directory that cannot be read, and does the other", async () => {
  await using scene = await startRetention({ retainMs: DAY_MS });
  await Deno.remove(scene.requestDir);
  await Deno.writeTextFile(scene.requestDir, "no directory");
  await scene.put(scene.errorDir, nameAt(START_MS - 2 * DAY_MS));
  await scene.run();
  await scene.run();
  assert.equal(scene.warnings.length, 1, scene.warnings.join("\n"));
  assert.match(scene.warnings[0] ?? "", /^Old request logs in .*requests cannot be deleted: .+\.$/);
  assert.deepEqual(scene.names(scene.errorDir), []);
});

Deno.test("Retention.close() ends a pass in the midst of it", async () => {
  await using scene = await startRetention({ retainMs: DAY_MS });
  for (let index = 0; index < 1000; index++) {
    await scene.put(scene.requestDir, nameAt(START_MS - 2 * DAY_MS, index));
  }
  const running = scene.run();
  await new Promise((resolve) => setTimeout(resolve, 20));
  await scene.retention.close();
  await running;
  const left = scene.names().length;
  await scene.run();
  assert.equal(scene.names().length, left);
  assert.ok(left > 0);
});

Deno.test("Retention deletes logs while they are being read and written (F156)", async () => {
  await using first = await startReplier(reply(200, JSON.stringify("x".repeat(19_998))));
  const logging = "logging: { max_total_mb: 1, request_dir: ./r, error_dir: '' }";
  await using proxy = await startProxy(chain({ first }, logging));
  for (let round = 0; round < 12; round++) {
    proxy.pass(60);
    await Promise.all(
      Array.from({ length: 10 }, () => callRaw(proxy.url, { body: `{"model":"chat"}` })),
    );
    await proxy.state.journal.flush();
    const names = [...Deno.readDirSync(join(proxy.directory, "r"))].map(({ name }) => name);
    const texts = names.map((name) => Deno.readTextFile(join(proxy.directory, "r", name)));
    for (const read of await Promise.allSettled(texts)) {
      if (read.status === "fulfilled") assert.match(read.value, /complete after 20000 bytes/);
    }
  }
  await proxy.drain(1);
  const kept = [...Deno.readDirSync(join(proxy.directory, "r"))];
  const bytes = kept.map(({ name }) => Deno.statSync(join(proxy.directory, "r", name)).size);
  assert.ok(bytes.reduce((sum, each) => sum + each, 0) <= 1024 * 1024 + 10 * 21_000);
  assert.equal(proxy.state.journal.lost, 0);
});
