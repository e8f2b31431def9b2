/** `llm-proxy demo` as a process of its own, with a directory for its temporary files. */
import { fileURLToPath } from "node:url";

export interface DemoProcess extends AsyncDisposable {
  /** Where its temporary files go. */
  readonly directory: string;
  /** The exit status. */
  readonly status: Promise<number>;
  /** Standard error, once it has ended. */
  readonly errors: Promise<string>;
  /** Standard output so far. */
  output(): string;
  /** Standard output once it has a match; rejects when it ends without one. */
  until(pattern: RegExp): Promise<string>;
  kill(signal: Deno.Signal): void;
}

export interface DemoProcessOptions {
  readonly once?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const PERMISSIONS = ["net", "read", "write", "env"].map((name) => `--allow-${name}`);
const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Starts the demo: the binary that LLM_PROXY_BIN names, else the source. */
export async function startDemo(
  { once = false, env = {} }: DemoProcessOptions = {},
): Promise<DemoProcess> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const [program, ...before] = commandLine();
  const child = new Deno.Command(program, {
    args: [...before, "demo", ...(once ? ["-once"] : [])],
    env: { TMPDIR: directory, TEMP: directory, TMP: directory, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = new Transcript(child.stdout);
  const stderr = new Transcript(child.stderr);
  const ended = Promise.all([child.status, stdout.ended, stderr.ended]);
  return {
    directory,
    status: child.status.then(({ code }) => code),
    errors: stderr.ended,
    output: () => stdout.text,
    until: (pattern) => stdout.until(pattern),
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      killIfRunning(child);
      await ended;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** The proxy's address, from the first line of the output. */
export async function addressOf(demo: DemoProcess): Promise<string> {
  const [line = ""] = (await demo.until(/\n/)).split("\n");
  return line.replace("llm-proxy listening on ", "");
}

/** Resolves with the output when the demo has done its part and waits for requests. */
export function invited(demo: DemoProcess): Promise<string> {
  return demo.until(/Ctrl-C ends the demo.*\n/);
}

function commandLine(): [string, ...string[]] {
  const binary = Deno.env.get("LLM_PROXY_BIN");
  if (binary !== undefined) return [binary];
  return [Deno.execPath(), "run", "--no-prompt", ...PERMISSIONS, MAIN];
}

function killIfRunning(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
  }
}

/** What a process has written, and whoever waits for more of it. */
class Transcript {
  text = "";
  readonly ended: Promise<string>;
  #over = false;
  #grown = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.ended = this.#read(stream);
  }

  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      if (this.#over) throw new Error(`Ended without ${pattern}:\n${this.text}`);
      await this.#grown.promise;
    }
    return this.text;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#grow(text);
    this.#over = true;
    this.#grow("");
    return this.text;
  }

  #grow(text: string): void {
    this.text += text;
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }
}
