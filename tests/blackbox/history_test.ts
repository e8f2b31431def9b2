/** The history of a program that is killed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { type Home, makeHome, startProgram } from "./program.ts";

const CALL = { body: `{"model":"chat"}` };

/** The ids in the history's file, which nobody has open, and what SQLite thinks of it. */
function kept({ directory }: Home): { ids: string[]; verdict: unknown } {
  using db = new DatabaseSync(join(directory, "logs/history.db"));
  const ids = db.prepare("SELECT id FROM requests ORDER BY seq").all().map(({ id }) => String(id));
  return { ids, verdict: db.prepare("PRAGMA integrity_check").get()?.integrity_check };
}

Deno.test("the program's history outlives kill -9 under load, and goes on at the next start", async () => {
  await using good = await startReplier(reply(200, `{"ok":1}`));
  await using home = await makeHome(chain({ good }));
  const seen: string[][] = [];
  for (let round = 0; round < 3; round++) {
    await using program = await startProgram(["-config", home.configFile]);
    let isOver = false;
    const load = Array.from({ length: 8 }, async () => {
      while (!isOver) await callRaw(program.url, CALL).catch(() => isOver = true);
    });
    await writtenBeyond(home, seen.at(-1)?.length ?? 0);
    program.signal("SIGKILL");
    await program.exited;
    isOver = true;
    await Promise.all(load);
    const { ids, verdict } = kept(home);
    assert.equal(verdict, "ok");
    seen.push(ids);
  }
  for (const [round, ids] of seen.entries()) {
    const before = seen[round - 1] ?? [];
    assert.deepEqual(ids.slice(0, before.length), before);
    assert.ok(ids.length > before.length);
  }
});

/** Resolves once the history has more than so many requests. */
async function writtenBeyond({ directory }: Home, count: number): Promise<void> {
  const path = join(directory, "logs/history.db");
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    using db = new DatabaseSync(path);
    const has = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'requests'").get();
    if (has === undefined) continue;
    if (Number(db.prepare("SELECT count(*) AS n FROM requests").get()?.n) > count + 100) return;
  }
}
