/** The program, from source, on a machine that is not quite ours: with other files or variables. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeHome } from "../blackbox/program.ts";
import { Transcript } from "../blackbox/transcript.ts";

export interface Machine {
  /** Texts in place of the machine's files, such as `/etc/hosts`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** A proxy on that machine; its network is ours. */
export interface Visit extends AsyncDisposable {
  readonly url: string;
  /** The console log so far. */
  readonly log: string;
  /** Changes the text of one of the machine's files. */
  replace(path: string, text: string): Promise<void>;
}

/** Puts each file over the path before it, for the command after `--` and no other. */
const WITH_FILES = 'while [ "$1" != -- ]; do mount --bind "$2" "$1" || exit; shift 2; done; ' +
  'shift; exec "$@"';

/** A process that sees other files than we do: a mount namespace, where the system grants one. */
const NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", WITH_FILES, "sh"];

/** Why no machine can have these files of its own, for a test's name; empty where one can. */
export async function whyNotIts(...paths: readonly string[]): Promise<string> {
  const mounts = paths.flatMap((path) => [path, path]);
  const [command = "", ...args] = [...NAMESPACE, ...mounts, "--", "true"];
  try {
    const options = { args, stdout: "null", stderr: "null" } as const;
    if ((await new Deno.Command(command, options).output()).success) return "";
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  return " (skipped: it takes unshare and mount, and leave to make a mount namespace)";
}

/** Starts the program with this configuration and waits until it listens. */
export async function visit(yaml: string, { files = {}, env = {} }: Machine): Promise<Visit> {
  await using stack = new AsyncDisposableStack();
  const { directory, configFile } = stack.use(await makeHome(yaml));
  const copies = new Map(Object.keys(files).map((path, at) => [path, join(directory, `${at}`)]));
  const replace = (path: string, text: string) =>
    Deno.writeTextFile(copies.get(path) ?? path, text);
  for (const [path, text] of Object.entries(files)) await replace(path, text);
  const wrapper = copies.size === 0 ? [] : [...NAMESPACE, ...[...copies].flat(), "--"];
  const main = fileURLToPath(new URL("../../main.ts", import.meta.url));
  const program = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", main];
  const [command = "", ...args] = [...wrapper, ...program, "-config", configFile];
  const child = new Deno.Command(command, { args, env, stdout: "piped", stderr: "piped" }).spawn();
  const stdout = new Transcript(child.stdout);
  const stderr = new Transcript(child.stderr);
  stack.defer(async () => {
    child.kill("SIGKILL");
    await Promise.all([child.status, stdout.ended, stderr.ended]);
  });
  const [, url = ""] = await stdout.until(/listening on (https?:\S+)\n/).catch((cause) => {
    throw new Error(`The program did not start: ${stderr.text}`, { cause });
  });
  const held = stack.move();
  return {
    url,
    get log() {
      return stderr.text;
    },
    replace,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
