import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import type { UsageQuery } from "../../lib/record/history_usage.ts";
import type { RequestRow, UsageRow } from "../../lib/record/history_rows.ts";
import { DAY_MS, recordOf, START_MS, startHistory } from "./history_scene.ts";

const HOUR_MS = 3_600_000;

/** A file with these requests, a second apart. */
async function startWith(...rows: readonly Partial<RequestRow>[]) {
  const scene = await startHistory();
  const file = scene.openFile();
  file.write(rows.map((row, at) => recordOf({ receivedAtMs: START_MS + at * 1000, ...row })));
  return { ...scene, file, usage: file.usage };
}

Deno.test("HistoryUsage.query() adds up by time and name", async () => {
  await using scene = await startWith(
    { alias: "chat", inputTokens: 1, outputTokens: 2, cachedTokens: 3, reasoningTokens: 4 },
    { alias: "chat", inputTokens: 10, outputTokens: null, cachedTokens: null, status: 503 },
    { alias: "code", inputTokens: null, outputTokens: null },
    { alias: "chat", receivedAtMs: START_MS + 60_000, inputTokens: 5, outputTokens: 0 },
    { alias: "chat", receivedAtMs: START_MS + 120_000 },
  );
  const span = { fromMs: START_MS, toMs: START_MS + 120_000, bucketMs: 60_000 };
  const none = { failed: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0, reasoningTokens: 0 };
  const chat = { ...none, name: "chat", bucketMs: START_MS };
  const tokens = { inputTokens: 11, outputTokens: 2, cachedTokens: 3, reasoningTokens: 4 };
  assert.deepEqual(scene.usage.query({ ...span, by: "alias" }), [
    { ...chat, ...tokens, requests: 2, failed: 1 },
    { ...none, name: "code", bucketMs: START_MS, requests: 1 },
    { ...chat, bucketMs: START_MS + 60_000, requests: 1, inputTokens: 5 },
  ]);
  const byBackend = scene.usage.query({ ...span, by: "backend" });
  assert.deepEqual(byBackend.map(({ name, requests }) => [name, requests]), [["first", 3], [
    "first",
    1,
  ]]);
});

/** Requests a span and a name, by adding up one by one. */
function counted(
  rows: readonly RequestRow[],
  { fromMs, toMs, bucketMs, by }: UsageQuery,
): string[] {
  const within = rows.filter(({ receivedAtMs: at }) => at >= fromMs && at < toMs);
  const groups = Map.groupBy(within, (row) => {
    return `${Math.floor(row.receivedAtMs / bucketMs) * bucketMs} ${row[by]}`;
  });
  return [...groups].map(([key, group]) => {
    return `${key}: ${group.length}, ${
      group.reduce((sum, row) => sum + (row.inputTokens ?? 0), 0)
    }`;
  }).sort();
}

function told(rows: readonly UsageRow[]): string[] {
  return rows.map(({ bucketMs, name, requests, inputTokens }) => {
    return `${bucketMs} ${name}: ${requests}, ${inputTokens}`;
  }).sort();
}

Deno.test("HistoryUsage.query() adds up the same by whole hours as one by one", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  const records = Array.from({ length: 400 }, (_, at) => {
    const alias = `alias-${at % 3}`;
    return recordOf({ receivedAtMs: START_MS + at * 411_000, alias, inputTokens: at });
  });
  for (let at = 0; at < records.length; at += 7) file.write(records.slice(at, at + 7));
  const rows = records.map(({ request }) => request);
  const instant = fc.integer({ min: START_MS - HOUR_MS, max: START_MS + 2 * DAY_MS });
  const bucket = fc.constantFrom(HOUR_MS, 4 * HOUR_MS, DAY_MS, 60_000, 5_400_000);
  fc.assert(fc.property(instant, instant, bucket, (one, other, bucketMs) => {
    const [fromMs, toMs] = [Math.min(one, other), Math.max(one, other)];
    const query = { fromMs, toMs, bucketMs, by: "alias" } as const;
    assert.deepEqual(told(file.usage.query(query)), counted(rows, query));
  }));
});

Deno.test("HistoryUsage forgets the hours of requests that were deleted", async () => {
  await using scene = await startWith({}, { receivedAtMs: START_MS + 5 * HOUR_MS });
  scene.file.prune(START_MS + 4 * HOUR_MS, 100);
  const query = { fromMs: 0, toMs: START_MS + DAY_MS, bucketMs: HOUR_MS, by: "caller" } as const;
  assert.deepEqual(scene.usage.query(query).map(({ bucketMs }) => bucketMs), [
    START_MS + 5 * HOUR_MS,
  ]);
  using db = new DatabaseSync(scene.path);
  assert.equal(db.prepare("SELECT count(*) AS n FROM usage_hours").get()?.n, 3);
});
