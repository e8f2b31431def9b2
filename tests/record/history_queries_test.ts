import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Page, RequestFilter } from "../../lib/record/history_queries.ts";
import type { RequestRow } from "../../lib/record/history_rows.ts";
import { recordOf, recordsOf, START_MS, startHistory } from "./history_scene.ts";

/** A file with these requests, a second apart, whose ids are `0`, `1` …; and what is asked of it. */
async function startWith(...rows: readonly Partial<RequestRow>[]) {
  const scene = await startHistory();
  const file = scene.openFile();
  file.write(rows.map((row, at) => {
    return recordOf({ id: String(at), receivedAtMs: START_MS + at * 1000, ...row });
  }));
  const ids = (filter: RequestFilter = {}, page: Page = { limit: 100 }) =>
    file.queries.requests(filter, page).map(({ id }) => id).join(" ");
  return { ...scene, file, queries: file.queries, ids };
}

Deno.test("HistoryQueries.requests() gives rows as they were written", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  const record = recordOf({ streamed: false, cachedTokens: null, status: null, ending: "cut" });
  file.write([record]);
  assert.deepEqual(file.queries.requests({}, { limit: 9 }), [record.request]);
});

Deno.test("HistoryQueries.request() gives a request with its attempts in order", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  const fault = { status: null, fault: "connect_failed", action: "fallback" } as const;
  const record = recordOf({ id: "0000abcd" }, [{ ...fault, cooled: "backend", cooledMs: 5 }, {}]);
  file.write([recordOf(), record]);
  assert.deepEqual(file.queries.request("0000abcd"), record);
  assert.equal(file.queries.request("0000abce"), undefined);
});

Deno.test("HistoryQueries.request() gives the newer of two requests that share an id", async () => {
  await using scene = await startWith({ id: "a", alias: "old" }, { id: "a", alias: "new" });
  assert.equal(scene.queries.request("a")?.request.alias, "new");
});

Deno.test("HistoryQueries.requests() pages from the newest on, through equal times too", async () => {
  await using scene = await startWith(...Array(7).fill({ receivedAtMs: START_MS }));
  const { queries } = scene;
  let page = queries.requests({}, { limit: 3 });
  const seen = [page];
  while (page.length > 0) {
    const { receivedAtMs: beforeMs, id: beforeId } = page.at(-1)!;
    page = queries.requests({}, { limit: 3, beforeMs, beforeId });
    seen.push(page);
  }
  const ids = seen.map((rows) => rows.map(({ id }) => id).join(""));
  assert.deepEqual(ids, ["654", "321", "0", ""]);
});

Deno.test("HistoryQueries.requests() filters by name, status and time, one by one and together", async () => {
  await using scene = await startWith(
    { alias: "chat", backend: "a", caller: "x" },
    { alias: "chat", backend: "b", caller: "y", status: 429 },
    { alias: "code", backend: "b", caller: "x", status: 503 },
    { alias: "code", backend: "a", caller: "y", ending: "cut" },
    { alias: "code", backend: "a", caller: "y", detail: "late error: an error event came" },
    { alias: "code", backend: "a", caller: "y", status: null },
  );
  const { ids } = scene;
  assert.equal(ids({ alias: "chat" }), "1 0");
  assert.equal(ids({ backend: "b" }), "2 1");
  assert.equal(ids({ caller: "x" }), "2 0");
  assert.equal(ids({ status: "ok" }), "0");
  assert.equal(ids({ status: "failed" }), "5 4 3 2 1");
  assert.equal(ids({ status: 429 }), "1");
  assert.equal(ids({ status: 200 }), "4 3 0");
  assert.equal(ids({ fromMs: START_MS + 1000, toMs: START_MS + 3000 }), "2 1");
  assert.equal(ids({ alias: "code", backend: "b", caller: "x", status: "failed" }), "2");
  assert.equal(ids({ alias: "chat", backend: "a", status: "failed" }), "");
});

Deno.test("HistoryQueries.requests() looks for a text as it stands, in every name, path and detail", async () => {
  await using scene = await startWith(
    { id: "deadbeef" },
    { alias: "50%_off\\" },
    { backend: "Provider" },
    { model: "gpt-x" },
    { path: "/v1/embeddings" },
    { detail: "upstream was silent" },
    { caller: "'; DROP TABLE requests; --" },
  );
  const { ids } = scene;
  assert.equal(ids({ text: "DEADbee" }), "deadbeef");
  assert.equal(ids({ text: "50%_off\\" }), "1");
  assert.equal(ids({ text: "%" }), "1");
  assert.equal(ids({ text: "provider" }), "2");
  assert.equal(ids({ text: "gpt-x" }), "3");
  assert.equal(ids({ text: "embed" }), "4");
  assert.equal(ids({ text: "silent", status: "failed" }), "5");
  assert.equal(ids({ text: "silent", status: "ok" }), "");
  assert.equal(ids({ text: "'; drop" }), "6");
});

Deno.test("HistoryQueries.requests() gives 500 rows at most, and none for a limit below one", async () => {
  await using scene = await startHistory();
  const file = scene.openFile();
  file.write(recordsOf(600));
  assert.equal(file.queries.requests({}, { limit: 10_000 }).length, 500);
  assert.equal(file.queries.requests({}, { limit: -1 }).length, 0);
});

Deno.test("HistoryQueries.names() gives each name once, in order, and no empty one", async () => {
  await using scene = await startWith(
    { alias: "b", backend: "z", caller: "" },
    { alias: "a", backend: "" },
    { alias: "b" },
    { alias: "__proto__" },
  );
  assert.deepEqual(scene.queries.names(), {
    aliases: ["__proto__", "a", "b"],
    backends: ["first", "z"],
    callers: ["laptop"],
  });
});

/** How the file would answer the statements that a filter makes. */
function planOf(path: string, sql: string): string {
  const db = new DatabaseSync(path);
  try {
    return db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => detail).join("; ");
  } finally {
    db.close();
  }
}

Deno.test("the list reads an index, whatever it is filtered by, and sorts nothing", async () => {
  await using scene = await startHistory();
  scene.openFile().write(recordsOf(3));
  const newest = "ORDER BY received_ms DESC, id DESC LIMIT 50";
  const conditions = ["alias = 'a'", "backend = 'a'", "caller = 'a'", "failed = 1", "status = 1"];
  for (const where of ["1", ...conditions, "(received_ms, id) < (5, 'a')"]) {
    const plan = planOf(scene.path, `SELECT * FROM requests WHERE ${where} ${newest}`);
    assert.match(plan, /USING INDEX requests_/);
    assert.doesNotMatch(plan, /SCAN requests(?! USING INDEX)|TEMP B-TREE/);
  }
});
