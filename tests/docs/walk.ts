/**
 * A page walked through as its reader does, in an empty directory with an empty HOME: its files are written, its commands
 * typed into a shell, what it shows is looked for. Only addresses are others: ports, and backends that stand in.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { parseFlags } from "../../lib/cli/flags.ts";
import { ruleFor } from "./command_rules.ts";
import { commandsOf, wordsOf } from "./commands.ts";
import type { Fence, Page } from "./page.ts";
import { type Place, setPlace } from "./place.ts";
import { missingOf } from "./seen.ts";
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

/** A walk under way. Disposing of it stops the proxy and its backends, and removes the place. */
export class Walk implements AsyncDisposable {
  /** Of all commands so far. */
  readonly typed: Typed[] = [];
  readonly #stack = new AsyncDisposableStack();
  #env: Readonly<Record<string, string>>;
  #running: Background | undefined;

  constructor(readonly place: Place, readonly options: WalkOptions) {
    this.#stack.use(place);
    this.#env = place.env;
  }

  /** What the running proxy wrote on its console. */
  get log(): string {
    return this.place.there(this.#running?.log() ?? "");
  }

  /** Does what a block of the page is for. */
  async take(fence: Fence): Promise<void> {
    // What was set in the first is not known there.
    if (/another terminal/i.test(fence.before)) this.#env = this.place.env;
    const file = fileOf(fence);
    if (file === "config.yaml") return await this.#configure(fence.text);
    if (file !== undefined) return await writeAt(this.place, file, this.place.here(fence.text));
    for (const command of commandsOf(fence)) {
      if (ruleFor(command)?.how === "typed") await this.#typeWell(command);
    }
    if (fence.language !== "") return;
    const missing = await this.#missing(fence.text);
    assert.equal(missing.join("\n"), "", `not seen in ${this.#said()}`);
  }

  /** Lines of a page that were not seen; the log of a request may come after its answer. */
  async #missing(shown: string): Promise<readonly string[]> {
    for (let tries = 0; tries < 5; tries++) {
      if (missingOf(shown, this.#said()).length === 0) return [];
      await this.#running?.settled();
    }
    return missingOf(shown, this.#said());
  }

  #said(): string {
    return this.place.there(this.typed.map(({ output }) => output).join("\n")) + this.log;
  }

  /** Types one command; it may fail. */
  async type(command: string): Promise<Typed> {
    const words = isContainer(command) ? IN_THE_IMAGE : this.place.here(command);
    const typed = isServing(command) || isContainer(command)
      ? await this.#serve(command, words)
      : await this.#run(command, words);
    this.typed.push(typed);
    return typed;
  }

  async #typeWell(command: string): Promise<void> {
    const done = this.options.elsewhere?.(command);
    if (done !== undefined) return await done;
    const { code, output } = await this.type(command);
    assert.equal(code, 0, `${command}\n${output}${this.log}`);
  }

  /** With a backend that stands in for each of the page's. */
  async #configure(text: string): Promise<void> {
    let yaml = this.place.here(text);
    for (const origin of new Set(yaml.match(/(?<=url: ")https:\/\/[^/"]+/g))) {
      const { url } = this.#stack.use(await startStub(new URL(origin).host, this.options));
      yaml = yaml.replaceAll(origin, url);
    }
    if (!/^admin:/m.test(yaml)) yaml += `admin: { listen: "${this.place.adminHost}" }\n`;
    await Deno.writeTextFile(join(this.place.cwd, "config.yaml"), yaml);
  }

  async #serve(command: string, words: string): Promise<Typed> {
    assert.equal(this.#running, undefined, "the proxy runs already");
    const options = { cwd: this.place.cwd, env: this.#env };
    this.#running = this.#stack.use(await startBackground(words, options));
    return { command, code: 0, output: this.#running.firstLine };
  }

  /** As one shell would: what a command has set, the next one sees. */
  async #run(command: string, words: string): Promise<Typed> {
    const after = join(this.place.root, "environment");
    const script = `set -a\n${words}\nstatus=$?\nenv -0 > '${after}'\nexit $status`;
    const options = { cwd: this.place.cwd, env: this.#env, clearEnv: true };
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", script],
      ...options,
    })
      .output();
    const lines = (await Deno.readTextFile(after)).split("\0").filter((line) => line !== "");
    this.#env = Object.fromEntries(lines.map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)];
    }));
    const text = new TextDecoder();
    return { command, code, output: text.decode(stdout) + text.decode(stderr) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

export async function startWalk(options: WalkOptions): Promise<Walk> {
  return new Walk(await setPlace(options), options);
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
