/** A history that an earlier version wrote: it is brought up to date, and reads like the rest. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { recordOf, startHistory } from "./history_scene.ts";

Deno.test("cases 14: HistoryFile reads a file without rules' names, keys and true fallbacks", async () => {
  await using scene = await startHistory();
  const detail = "row 19: the reply broke off after 9 bytes";
  const first = scene.openFile();
  const failed = { action: "fallback", row: 12, reason: "status 503" } as const;
  first.write([recordOf({ fallbacks: 1, detail, status: 503 }, [failed])]);
  first.close();
  {
    using db = new DatabaseSync(scene.path);
    for (const column of ["rule", "key_name", "cooled_why"]) {
      db.exec(`ALTER TABLE attempts DROP COLUMN ${column}`);
    }
    db.exec("PRAGMA user_version = 1");
  }
  const { request, attempts: [attempt] } = scene.openFile().queries.request("00000001") ??
    assert.fail("it is not found");
  assert.equal(request.fallbacks, 0);
  assert.equal(request.detail, "stream cut: the reply broke off after 9 bytes");
  assert.deepEqual(
    [attempt?.row, attempt?.rule, attempt?.key, attempt?.cooledWhy],
    [12, "error code", "", null],
  );
});
