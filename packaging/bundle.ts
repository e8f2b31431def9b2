/**
 * `deno task bundle`: writes the program into dist/bundle/ as a few files that need neither packages
 * nor configuration. npm and `deno task compile` start from there. A commit gives the same bytes
 * wherever it is bundled.
 */
import { copy } from "./copy.ts";
import { ASSETS, BUILD_FILE, ENTRIES, pathOf, ROOT, VERSION } from "./program.ts";
import { runTask } from "./task.ts";

export const BUNDLE: URL = new URL("dist/bundle/", ROOT);

/** Replaces what stands in the folder. @throws {Error} with the bundler's words where it fails */
export async function bundle(target: URL = BUNDLE): Promise<void> {
  await Deno.remove(target, { recursive: true }).catch(ignoreMissing);
  const args = ["bundle", "--quiet", "--platform", "deno", "--minify", "--code-splitting"];
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args, "--outdir", pathOf(target), ...ENTRIES],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`deno bundle failed:\n${new TextDecoder().decode(stderr)}`);
  await writeInAscii(target);
  for (const asset of ASSETS) await copy(new URL(asset, ROOT), new URL(asset, target));
  const build = { version: VERSION, ...await lastCommit() };
  await Deno.writeTextFile(new URL(BUILD_FILE, target), `${JSON.stringify(build)}\n`);
}

/** V8 keeps a script in which one character is beyond Latin-1 in two bytes a character. */
async function writeInAscii(folder: URL): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const entry = new URL(name, `${folder.href.replace(/\/$/, "")}/`);
    if (isDirectory) await writeInAscii(entry);
    else await Deno.writeTextFile(entry, inAscii(await Deno.readTextFile(entry)));
  }
}

/**
 * A minified script with `\uXXXX` for what is not ASCII, which means the same in its texts, its
 * regular expressions and its names; it has no comments, and no `String.raw` with such characters.
 */
export function inAscii(script: string): string {
  return script.replace(/[^\0-\x7f]/g, (unit) => {
    return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Its short name and its day; neither where this is no clone, or git is missing. */
async function lastCommit(): Promise<{ readonly commit?: string; readonly date?: string }> {
  try {
    const args = ["log", "-1", "--format=%h %cs"];
    const { success, stdout } = await new Deno.Command("git", { args, cwd: ROOT }).output();
    const [commit, date] = new TextDecoder().decode(stdout).trim().split(" ");
    return success && commit && date ? { commit, date } : {};
  } catch {
    return {};
  }
}

function ignoreMissing(cause: unknown): void {
  if (!(cause instanceof Deno.errors.NotFound)) throw cause;
}

if (import.meta.main) {
  await runTask(async () => {
    await bundle();
    // deno-lint-ignore no-console -- a task's words
    console.log(`Bundled into ${pathOf(BUNDLE)}. To run it: deno run -A ${pathOf(BUNDLE)}main.js`);
  });
}
