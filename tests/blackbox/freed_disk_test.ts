/** The program on a disk that fills up and is freed again: a file system of its own, a megabyte large. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { makeHome, startProgram } from "./program.ts";

/** Whether this test may mount one; else it is ignored. */
function mayMount(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  const directory = Deno.makeTempDirSync();
  try {
    return mount(directory) && unmount(directory);
  } finally {
    Deno.removeSync(directory);
  }
}

function mount(directory: string): boolean {
  return succeeds("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory]);
}

function unmount(directory: string): boolean {
  return succeeds("umount", [directory]);
}

function succeeds(command: string, args: string[]): boolean {
  try {
    return new Deno.Command(command, { args }).outputSync().success;
  } catch {
    return false;
  }
}

/** Takes all the room there is. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  for (let bytes = 64 * 1024; bytes >= 1;) {
    try {
      await file.write(new Uint8Array(bytes));
    } catch {
      bytes = Math.floor(bytes / 2);
    }
  }
}

Deno.test({
  name: "cases 14: a full disk that is freed is written to again, said once (root and mount)",
  ignore: !mayMount(),
  async fn() {
    await using good = await startReplier(reply(200, `{"ok":1}`));
    const yaml = chain({ good }, `logging: { general_file: "./logs/all.log" }`);
    await using home = await makeHome(yaml);
    const logs = join(home.directory, "logs");
    await Deno.mkdir(logs);
    await using mounted = new AsyncDisposableStack();
    assert.ok(mount(logs));
    mounted.defer(() => void unmount(logs));
    await using program = await startProgram(["-config", home.configFile]);
    const call = async () => {
      const got = await callRaw(program.url, { body: `{"model":"chat"}` });
      assert.equal(got.status, 200);
    };
    await call();
    await program.logged(/complete.*\n/);
    const full = [
      /Cannot write the general log \S+all\.log: /,
      /Cannot keep the history in \S+: /,
      /Request logs are being lost/,
    ];
    await fill(join(logs, "filler"));
    // More lines than find room in the last page that the general log has.
    for (let count = 0; count < 60; count++) await call();
    for (const line of full) await program.logged(line);
    await Deno.remove(join(logs, "filler"));
    const again = [
      /The general log is written again in \S+all\.log; no line is missing/,
      /The history is kept again in .+; 0 requests were lost/,
    ];
    for (const line of again) await program.logged(line);
    await call();
    program.signal("SIGTERM");
    const { code, stderr } = await program.exited;
    assert.equal(code, 0);
    for (const line of [...full, ...again]) {
      assert.equal([...stderr.matchAll(new RegExp(line, "g"))].length, 1, `${line} in ${stderr}`);
    }
    using db = new DatabaseSync(join(logs, "history.db"), { readOnly: true });
    assert.equal(db.prepare("SELECT count(*) AS n FROM requests").get()?.n, 62);
    assert.equal((await Deno.readTextFile(join(logs, "all.log"))).match(/complete/g)?.length, 62);
  },
});
