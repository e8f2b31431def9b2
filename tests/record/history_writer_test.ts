import assert from "node:assert/strict";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DAY_MS, idsIn, recordOf, recordsOf, START_MS, startHistory } from "./history_scene.ts";

Deno.test("HistoryWriter.add() writes nothing before its turn, and everything after a flush", async () => {
  await using scene = await startHistory();
  const writer = scene.openWriter();
  const records = recordsOf(150);
  for (const record of records) writer.add(record);
  assert.deepEqual(idsIn(writer), []);
  await writer.flush();
  assert.deepEqual(idsIn(writer), records.map(({ request }) => request.id).reverse());
  assert.equal(writer.lost, 0);
  assert.deepEqual(scene.warnings, []);
});

Deno.test("HistoryWriter.add() bounds what waits, counts the rest and warns once", async () => {
  await using scene = await startHistory();
  const writer = scene.openWriter();
  const record = recordOf();
  for (let count = 0; count < 10_003; count++) writer.add(record);
  assert.equal(writer.lost, 3);
  assert.deepEqual(scene.warnings, [
    "Requests are missing from the history: 10000 wait to be written. They are counted.",
  ]);
});

Deno.test("HistoryWriter.close() counts what still waits as lost, and writes no more", async () => {
  await using scene = await startHistory();
  const writer = scene.openWriter();
  writer.add(recordOf());
  writer.close();
  writer.add(recordOf());
  await writer.flush();
  assert.equal(writer.lost, 1);
  assert.deepEqual(scene.warnings, []);
});

Deno.test("HistoryWriter tries a locked file again, loses nothing, and says nothing of a lock that was short", async () => {
  await using scene = await startHistory();
  const writer = scene.openWriter();
  await writer.flush();
  using other = new DatabaseSync(scene.path);
  other.exec("BEGIN IMMEDIATE");
  writer.add(recordOf());
  const flushed = writer.flush();
  other.exec("ROLLBACK");
  await flushed;
  assert.equal(idsIn(writer).length, 1);
  assert.equal(writer.lost, 0);
  assert.deepEqual(scene.warnings, []);
});

Deno.test("HistoryWriter gives a file up at the end that stays locked", async () => {
  await using scene = await startHistory();
  const writer = scene.openWriter();
  using other = new DatabaseSync(scene.path);
  other.exec("BEGIN IMMEDIATE");
  for (let count = 0; count < 3; count++) writer.add(recordOf());
  await writer.flush();
  writer.close();
  assert.equal(writer.lost, 3);
  assert.equal(scene.warnings.length, 1);
});

/** A file whose pages past the first are overwritten. */
async function damage(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes.fill(0xa5, 4096);
  await Deno.writeFile(path, bytes);
}

Deno.test("HistoryWriter sets a damaged file aside and begins a new one, without losing a row", async () => {
  await using scene = await startHistory();
  const before = scene.openWriter();
  recordsOf(100).forEach((record) => before.add(record));
  await before.flush();
  before.close();
  await damage(scene.path);
  const writer = scene.openWriter();
  writer.add(recordOf({ id: "new" }));
  await writer.flush();
  assert.deepEqual(idsIn(writer), ["new"]);
  assert.equal(writer.lost, 0);
  const aside = `${scene.path}.damaged-2026-01-01T00-00-00.000Z`;
  assert.deepEqual(scene.warnings, [
    `The history in ${scene.path} is damaged; it is kept as ${aside}, and a new one begins.`,
  ]);
  assert.ok((await Deno.stat(aside)).size > 4096);
});

Deno.test("HistoryWriter takes a file of zeros, as a loss of power leaves it, for a damaged one", async () => {
  await using scene = await startHistory();
  await Deno.mkdir(dirname(scene.path));
  await Deno.writeFile(scene.path, new Uint8Array(8192));
  const writer = scene.openWriter();
  writer.add(recordOf());
  await writer.flush();
  assert.equal(idsIn(writer).length, 1);
  assert.match(scene.warnings.join(), /is damaged; it is kept as/);
});

Deno.test("HistoryWriter leaves somebody else's file alone, and warns once", async () => {
  const foreign: ((path: string) => Promise<void> | void)[] = [
    (path) => Deno.writeTextFile(path, "listen: 127.0.0.1:8080\n# what is this?\n"),
    (path) => Deno.writeTextFile(path, "x"),
    (path) => {
      using db = new DatabaseSync(path);
      db.exec("CREATE TABLE precious (a); INSERT INTO precious VALUES (1)");
    },
  ];
  for (const make of foreign) {
    await using scene = await startHistory();
    await Deno.mkdir(dirname(scene.path));
    await make(scene.path);
    const before = await Deno.readFile(scene.path);
    const writer = scene.openWriter();
    writer.add(recordOf());
    await writer.flush();
    writer.close();
    assert.deepEqual(await Deno.readFile(scene.path), before);
    assert.equal(writer.lost, 1);
    assert.equal(scene.warnings.length, 1, scene.warnings.join("\n"));
    assert.match(scene.warnings[0] ?? "", /it holds something else; name a file/);
    assert.deepEqual([...Deno.readDirSync(dirname(scene.path))].map(({ name }) => name), [
      "history.db",
    ]);
  }
});

Deno.test("HistoryWriter warns once of a file that cannot be made, and makes it when it can", async () => {
  await using scene = await startHistory();
  await Deno.writeTextFile(dirname(scene.path), "in the way");
  const writer = scene.openWriter();
  writer.add(recordOf());
  await writer.flush();
  assert.equal(scene.warnings.length, 1);
  await Deno.remove(dirname(scene.path));
  await writer.flush();
  assert.equal(idsIn(writer).length, 1);
  assert.match(scene.warnings[1] ?? "", /^The history is kept again in /);
});

Deno.test("HistoryWriter.retain() deletes what is older, some at a time, and nothing else", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  file.write(recordsOf(250, { receivedAtMs: START_MS - 31 * DAY_MS }));
  file.write([recordOf({ id: "kept", receivedAtMs: START_MS - 29 * DAY_MS })]);
  file.close();
  const writer = scene.openWriter();
  writer.retain(30 * DAY_MS);
  for (let turn = 0; turn < 3; turn++) {
    writer.add(recordOf({ id: `turn ${turn}` }));
    await writer.flush();
  }
  assert.deepEqual(idsIn(writer).toSorted(), ["kept", "turn 0", "turn 1", "turn 2"]);
});

Deno.test("HistoryWriter deletes nothing where rows are kept for good", async () => {
  await using scene = await startHistory();
  const writer = scene.openWriter();
  writer.retain(Infinity);
  writer.add(recordOf({ receivedAtMs: 0 }));
  await writer.flush();
  assert.equal(idsIn(writer).length, 1);
});
