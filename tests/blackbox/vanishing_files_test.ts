/** The program while its files vanish: with its real clock, from outside. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { makeHome, startProgram } from "./program.ts";

Deno.test({
  name: "cases 14: the program begins history, general log and directories anew that are deleted",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using good = await startReplier(reply(200, `{"ok":1}`));
    await using home = await makeHome(
      chain({ good }, `logging: { general_file: "./logs/all.log" }`),
    );
    await using program = await startProgram(["-config", home.configFile]);
    const call = async () =>
      assert.equal((await callRaw(program.url, { body: `{"model":"chat"}` })).status, 200);
    await call();
    await program.logged(/complete.*\n/);
    // Nothing is gone before it was seen.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await Deno.remove(join(home.directory, "logs"), { recursive: true });
    await program.logged(/The history \S+ was deleted, and what it held is gone/);
    await program.logged(/The directory of request logs \S+requests was deleted/);
    await program.logged(/The general log \S+all\.log was deleted/);
    await call();
    program.signal("SIGTERM");
    const { code, stderr } = await program.exited;
    assert.equal(code, 0);
    assert.equal(stderr.match(/The history \S+ was deleted/g)?.length, 1);
    using db = new DatabaseSync(join(home.directory, "logs/history.db"));
    assert.equal(db.prepare("SELECT count(*) AS n FROM requests").get()?.n, 1);
    assert.equal([...Deno.readDirSync(join(home.directory, "logs/requests"))].length, 1);
    assert.match(await Deno.readTextFile(join(home.directory, "logs/all.log")), /Stopped\./);
  },
});
