/** `init` on a terminal of its own, which `script` gives it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { makeHome, type RunOptions, runProgram, spawnProgram } from "./program.ts";

const KEY = "sk-canary-0123456789abcdef";

/** Why there is no terminal here; undefined where there is. */
function noScript(): string | undefined {
  if (Deno.build.os !== "linux") return "this script(1) is util-linux's";
  try {
    const { stdout } = new Deno.Command("script", { args: ["--version"] }).outputSync();
    return new TextDecoder().decode(stdout).includes("util-linux") ? undefined : "another script";
  } catch {
    return "there is no script(1)";
  }
}

const reason = noScript();
// deno-lint-ignore no-console -- what is not tested is said
if (reason !== undefined) console.warn(`init on a terminal: skipped, ${reason}.`);
const onTerminal = { ignore: reason !== undefined };

/** What `script` runs is one word of a shell. */
const WITHIN = ["sh", "-c", `exec script -qec "$(printf "'%s' " "$@")" /dev/null`, "sh"];

const PATIENCE_MS = 20_000;

function start(options: RunOptions) {
  const { child, stdout, exited } = spawnProgram(["init"], {
    ...options,
    within: WITHIN,
    stdin: "piped",
  });
  const writer = child.stdin.getWriter();
  let seen = 0;
  return {
    child,
    exited,
    /** Answers a question once it stands there. */
    async answer(question: string, keys: string): Promise<void> {
      await stdout.until(new RegExp(`(?<=^[^]{${seen}}[^]*)${question}`));
      seen = stdout.text.length;
      await writer.write(new TextEncoder().encode(keys));
    },
    /** A program that goes on asking is ended, so that its test fails. */
    async end(): Promise<{ code: number; stdout: string }> {
      const giveUp = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      const exit = await exited;
      clearTimeout(giveUp);
      await writer.close().catch(() => {});
      return exit;
    },
  };
}

Deno.test("init asks on a terminal, and what it writes is valid", onTerminal, async () => {
  await using home = await makeHome();
  const talk = start({ cwd: home.directory });
  await talk.answer("such as 2, 1: ", "openai, 4\r");
  await talk.answer("Enter: gpt-5.5\\): ", "\r");
  await talk.answer("Enter: later\\): ", `${KEY}\r`);
  await talk.answer("Enter: deepseek-v4-pro\\): ", "\r");
  await talk.answer("Enter: later\\): ", `\x1b[200~${KEY}\x1b[201~\r`);
  await talk.answer("Numbers or names: ", "codex, claude code\r");
  await talk.answer("\\(y/N\\): ", "n\r");
  const { code, stdout } = await talk.end();
  assert.equal(code, 0, stdout);
  assert.ok(!stdout.includes("canary"), "the key is not shown");
  const env = await Deno.readTextFile(join(home.directory, ".env"));
  assert.equal(env, `OPENAI_API_KEY='${KEY}'\nDEEPSEEK_API_KEY='${KEY}'\n`);
  const checked = await runProgram(["check"], { cwd: home.directory });
  assert.deepEqual([checked.code, checked.stderr], [0, ""]);
});

for (const [name, keys] of [["Ctrl-C", "\x03"], ["Ctrl-D", "\x04"]]) {
  for (const [where, question] of [["a question", "such as 2, 1: "], ["a key", "later\\): "]]) {
    Deno.test(
      `init ends at ${where} with ${name}, and nothing is written`,
      onTerminal,
      async () => {
        await using home = await makeHome();
        const talk = start({ cwd: home.directory });
        if (where === "a key") {
          await talk.answer("such as 2, 1: ", "1\r");
          await talk.answer("Enter: gpt-5.5\\): ", "\r");
        }
        await talk.answer(question ?? "", keys ?? "");
        assert.notEqual((await talk.end()).code, 0);
        assert.deepEqual(await Array.fromAsync(Deno.readDir(home.directory)), []);
      },
    );
  }
}

Deno.test("init -yes asks nothing on a terminal", onTerminal, async () => {
  await using home = await makeHome();
  const { exited, child } = spawnProgram(["init", "-yes"], {
    cwd: home.directory,
    within: WITHIN,
    stdin: "piped",
  });
  const { code, stdout } = await exited;
  await child.stdin.close().catch(() => {});
  assert.equal(code, 0);
  assert.match(stdout, /^Wrote config\.yaml\./);
});
