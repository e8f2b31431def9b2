import assert from "node:assert/strict";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { APPLICATION_ID } from "../../lib/record/history_schema.ts";
import { recordOf, recordsOf, START_MS, startHistory } from "./history_scene.ts";

const POSIX = Deno.build.os !== "windows";

Deno.test({
  name: "HistoryFile is for its owner alone, with its log and its directory",
  ignore: !POSIX,
  async fn() {
    await using scene = await startHistory();
    scene.openFile().write([recordOf()]);
    const mode = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;
    for (const suffix of ["", "-wal", "-shm"]) assert.equal(mode(scene.path + suffix), 0o600);
    assert.equal(mode(dirname(scene.path)), 0o700);
  },
});

Deno.test("HistoryFile.write() adds all rows or none", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  const impossible = { ...recordOf().request, method: null as unknown as string };
  assert.throws(() => file.write([recordOf(), { request: impossible, attempts: [] }]));
  assert.deepEqual(file.queries.requests({}, { limit: 9 }), []);
  file.write([recordOf()]);
  assert.equal(file.queries.requests({}, { limit: 9 }).length, 1);
});

Deno.test("HistoryFile.prune() deletes the oldest first, with their attempts, so many at a time", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  file.write(recordsOf(10));
  const beforeMs = START_MS + 5000;
  assert.deepEqual([3, 3, 3].map((limit) => file.prune(beforeMs, limit)), [3, 2, 0]);
  const left = file.queries.requests({}, { limit: 99 }).map(({ id }) => Number(id));
  assert.deepEqual(left, [9, 8, 7, 6, 5]);
  using db = new DatabaseSync(scene.path);
  assert.equal(db.prepare("SELECT count(*) AS n FROM attempts").get()?.n, 5);
});

Deno.test("HistoryFile.settle() empties the log into the file", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  file.write(recordsOf(50));
  await file.settle();
  const bytes = await Deno.readFile(scene.path);
  assert.ok(new TextDecoder("latin1").decode(bytes).includes("first-model"));
});

Deno.test("HistoryFile opens what an earlier process wrote, and marks it as ours", async () => {
  await using scene = await startHistory();
  const first = scene.openFile();
  first.write([recordOf()]);
  first.close();
  const second = scene.openFile();
  assert.equal(second.queries.requests({}, { limit: 9 }).length, 1);
  using db = new DatabaseSync(scene.path);
  assert.equal(db.prepare("PRAGMA application_id").get()?.application_id, APPLICATION_ID);
  assert.equal(db.prepare("PRAGMA user_version").get()?.user_version, 2);
});

Deno.test("HistoryFile refuses a file of a newer version, and leaves it as it is", async () => {
  await using scene = await startHistory();
  scene.openFile().close();
  {
    using db = new DatabaseSync(scene.path);
    db.exec("PRAGMA user_version = 99");
  }
  assert.throws(() => scene.openFile(), /newer version of llm-proxy \(99\)/);
});
