/**
 * A page walked through as its reader does, in an empty directory with an empty HOME: its files are written, its commands
 * typed into a shell, what it shows is looked for. Only addresses are others: ports, and backends that stand in.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { parseFlags } from "../../lib/cli/flags.ts";
import type { Peer } from "../peer.ts";
import { ruleFor } from "./command_rules.ts";
import { commandsOf, wordsOf } from "./commands.ts";
import type { Fence, Page } from "./page.ts";
import { type Place, setPlace } from "./place.ts";
import { lookFor } from "./seen.ts";
import { type Background, startBackground } from "./background.ts";
import { startStub, type StubOptions } from "./stub_backends.ts";

export interface WalkOptions extends StubOptions {
  /** What `llm-proxy` starts. */
  readonly program: readonly string[];
  /** What else is in the shell's PATH, before the system's. */
  readonly path?: readonly string[];
  /** Types a command elsewhere than in the empty directory; undefined for those that it does not know. */
  readonly elsewhere?: (command: string) => Promise<void> | undefined;
}

/** A command as it was typed, and what came of it. */
export interface Typed {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

export interface Walk extends AsyncDisposable {
  readonly place: Place;
  readonly backends: readonly Peer[];
  /** Of all commands so far. */
  readonly typed: readonly Typed[];
  /** What the running proxy wrote on its console. */
  readonly log: () => string;
  /** Does what a block of the page is for. */
  take(fence: Fence): Promise<void>;
  /** Types one command; it may fail. */
  type(command: string): Promise<Typed>;
}

export async function startWalk(options: WalkOptions): Promise<Walk> {
  const stack = new AsyncDisposableStack();
  const place = stack.use(await setPlace(options));
  const backends: Peer[] = [];
  const typed: Typed[] = [];
  let env = place.env;
  let running: Background | undefined;

  async function configure(text: string): Promise<void> {
    let yaml = place.here(text);
    for (const origin of new Set(yaml.match(/(?<=url: ")https:\/\/[^/"]+/g))) {
      const peer = stack.use(await startStub(new URL(origin).host, options));
      backends.push(peer);
      yaml = yaml.replaceAll(origin, peer.url);
    }
    if (!/^admin:/m.test(yaml)) yaml += `admin: { listen: "${place.adminHost}" }\n`;
    await Deno.writeTextFile(join(place.cwd, "config.yaml"), yaml);
  }

  async function type(command: string): Promise<Typed> {
    const there = place.here(command);
    if (isServing(command) || isContainer(command)) {
      const words = isServing(command) ? there : IN_THE_IMAGE;
      assert.equal(running, undefined, "the proxy runs already");
      running = stack.use(await startBackground(words, { cwd: place.cwd, env }));
      return { command, code: 0, output: running.firstLine };
    }
    const after = join(place.root, "environment");
    // As one shell would: what a command has set, the next one sees.
    const script = `set -a\n${there}\nstatus=$?\nenv -0 > '${after}'\nexit $status`;
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script],
      cwd: place.cwd,
      env,
      clearEnv: true,
    }).output();
    env = Object.fromEntries(
      (await Deno.readTextFile(after)).split("\0").filter((line) => line !== "")
        .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const one = { command, code, output };
    typed.push(one);
    return one;
  }

  async function take(fence: Fence): Promise<void> {
    const file = fileOf(fence);
    if (file === "config.yaml") return await configure(fence.text);
    if (file !== undefined) return await writeAt(place, file, place.here(fence.text));
    for (const command of commandsOf(fence)) {
      if (ruleFor(command)?.how !== "typed") continue;
      const done = options.elsewhere?.(command);
      if (done !== undefined) {
        await done;
        continue;
      }
      const { code, output } = await type(command);
      assert.equal(code, 0, `${command}\n${output}${running?.log() ?? ""}`);
    }
    if (fence.language !== "") return;
    const logged = await running?.settled() ?? "";
    lookFor(fence.text, place.there(typed.map(({ output }) => output).join("\n") + logged));
  }
  const log = () => place.there(running?.log() ?? "");
  return {
    place,
    backends,
    typed,
    log,
    take,
    type,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Walks a page from its first block to its last. */
export async function walkThrough({ fences }: Page, options: WalkOptions): Promise<Walk> {
  const walk = await startWalk(options);
  try {
    for (const fence of fences) await walk.take(fence);
  } catch (cause) {
    await walk[Symbol.asyncDispose]();
    throw cause;
  }
  return walk;
}

/** Which file a block is, by the paragraph before it: the first file that it names. */
export function fileOf({ language, before }: Fence): string | undefined {
  if (!["yaml", "toml", "json"].includes(language)) return undefined;
  return /`([~\w./-]+\.(?:yaml|toml|json))`/.exec(before)?.[1];
}

async function writeAt({ cwd, home }: Place, file: string, text: string): Promise<void> {
  const path = file.startsWith("~/") ? join(home, file.slice(2)) : join(cwd, file);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** What the image starts, with the variables of `.env` and no others that a page has set. */
const IN_THE_IMAGE =
  'env -i PATH="$PATH" HOME="$HOME" DENO_DIR="$DENO_DIR" $(cat .env) llm-proxy -config config.yaml';

function isContainer(command: string): boolean {
  return command.startsWith("docker compose up ");
}

/** Whether a command stays until it is stopped: the proxy itself. */
function isServing(command: string): boolean {
  const [name, ...words] = wordsOf(command);
  if (name !== "llm-proxy") return false;
  const parsed = parseFlags(words);
  return parsed.kind === "invocation" && parsed.command === "run";
}
