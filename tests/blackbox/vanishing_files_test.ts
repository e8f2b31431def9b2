/** The program while its files vanish, or somebody else has them, too: with its real clock, from outside. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startReplier } from "../peer.ts";
import { makeHome, type Program, startProgram } from "./program.ts";

const posix = { ignore: Deno.build.os === "windows" };

/** A home whose backend always answers, and a program in it, or several. */
async function startScene(programs = 1) {
  const stack = new AsyncDisposableStack();
  const good = stack.use(await startReplier(reply(200, `{"ok":1}`)));
  const yaml = chain({ good }, `logging: { general_file: "./logs/all.log" }`);
  const home = stack.use(await makeHome(yaml));
  const started: Program[] = [];
  while (started.length < programs) {
    started.push(stack.use(await startProgram(["-config", home.configFile])));
  }
  return {
    at: (name: string) => join(home.directory, name),
    programs: started,
    /** How many requests the history has, as anybody would read it. */
    rows() {
      using db = new DatabaseSync(join(home.directory, "logs/history.db"));
      return db.prepare("SELECT count(*) AS n FROM requests").get()?.n;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function call(program: Program): Promise<void> {
  assert.equal((await callRaw(program.url, { body: `{"model":"chat"}` })).status, 200);
}

/** Resolves once everything that is kept has been looked at. */
async function look(program: Program): Promise<void> {
  program.signal("SIGHUP");
  await program.logged(/SIGHUP: [^]*is as it was\./);
}

async function stop(program: Program): Promise<string> {
  program.signal("SIGTERM");
  const { code, stderr } = await program.exited;
  assert.equal(code, 0);
  return stderr;
}

function isSaidOnce(stderr: string, lines: readonly RegExp[]): void {
  for (const line of lines) {
    assert.equal([...stderr.matchAll(new RegExp(line, "g"))].length, 1, `${line} in ${stderr}`);
  }
}

Deno.test(
  "cases 14: the program begins history, general log and directories anew that are deleted",
  posix,
  async () => {
    await using scene = await startScene();
    const [program] = scene.programs;
    assert.ok(program);
    await call(program);
    await program.logged(/complete.*\n/);
    await look(program);
    const lines = [
      /WARN {2}The history \S+ was deleted, and what it held is gone/,
      /WARN {2}The directory of request logs \S+requests was deleted/,
      /WARN {2}The directory of request logs \S+errors was deleted/,
      /WARN {2}The general log \S+all\.log was deleted/,
    ];
    await Deno.remove(scene.at("logs"), { recursive: true });
    for (const line of lines) await program.logged(line);
    await call(program);
    const stderr = await stop(program);
    isSaidOnce(stderr, lines);
    assert.equal([...stderr.matchAll(/WARN/g)].length, lines.length, stderr);
    // The first row as well, where it was written after the last look at the file.
    assert.ok([1, 2].includes(Number(scene.rows())));
    assert.equal([...Deno.readDirSync(scene.at("logs/requests"))].length, 1);
    assert.match(await Deno.readTextFile(scene.at("logs/all.log")), /Stopped\./);
  },
);

const BEFALL: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "deleted": (path) => Deno.remove(path),
  "replaced": async (path) => {
    await Deno.writeFile(`${path}.other`, new Uint8Array(5000).fill(0xa5));
    await Deno.rename(`${path}.other`, path);
  },
};

for (const end of ["-wal", "-shm"]) {
  for (const [what, befall] of Object.entries(BEFALL)) {
    Deno.test(
      `cases 14: the program loses no row of a history whose ${end} is ${what}`,
      posix,
      async () => {
        await using scene = await startScene();
        const [program] = scene.programs;
        assert.ok(program);
        await call(program);
        await program.logged(/complete.*\n/);
        await look(program);
        await befall(scene.at(`logs/history.db${end}`));
        const line = /WARN {2}The history \S+ has lost its -wal or -shm file: it is opened anew/;
        await program.logged(line);
        await call(program);
        isSaidOnce(await stop(program), [line]);
        assert.equal(scene.rows(), 2);
      },
    );
  }
}

Deno.test(
  "cases 14: two programs in one directory go on, and each says so once the other has written",
  posix,
  async () => {
    await using scene = await startScene(2);
    const [first, second] = scene.programs;
    assert.ok(first && second);
    const shared = /WARN {2}The history \S+ is written by another process as well/;
    for (const program of [first, second, first]) {
      await call(program);
      await program.logged(/complete.*\n/);
    }
    for (const program of [first, second]) await program.logged(shared);
    for (const program of [first, second]) await call(program);
    const claims = /WARN {2}Another llm-proxy keeps request logs in \S+requests, too/;
    const stderr = [await stop(first), await stop(second)];
    for (const text of stderr) isSaidOnce(text, [shared]);
    const claimed = [...stderr.join("").matchAll(new RegExp(claims, "g"))].length;
    // A test binary's Deno may have no locks, and then nobody can claim a directory.
    if (claimed !== 0 || Deno.env.get("LLM_PROXY_BIN") === undefined) assert.equal(claimed, 1);
    assert.equal(scene.rows(), 5);
    assert.equal([...Deno.readDirSync(scene.at("logs/requests"))].length, 5);
    assert.equal((await Deno.readTextFile(scene.at("logs/all.log"))).match(/complete/g)?.length, 5);
  },
);
