/** Processes of the bench: started with a handle, and ended by it. */

export interface StartOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Where pinning is wanted: the core, by number. */
  readonly core: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Started extends AsyncDisposable {
  readonly pid: number;
  /** The first line on stdout; empty where the process ends without one. */
  readonly firstLine: Promise<string>;
}

/** How long a process may take to stop before it is ended. */
const STOP_MS = 5_000;
/** Of each output: the first line, and the message when it does not start. */
const MAX_KEPT_CHARS = 2_000;

/** Every process started here and not ended yet, for when the bench is interrupted. */
export class Processes implements AsyncDisposable {
  readonly #running = new Set<Started>();
  #over = false;

  /** @throws Error once all have been ended: nothing may be left behind */
  start(options: StartOptions): Started {
    if (this.#over) throw new Error("The bench is over");
    const started = spawn(options, () => this.#running.delete(started));
    this.#running.add(started);
    return started;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await Promise.all([...this.#running].map((started) => started[Symbol.asyncDispose]()));
  }
}

function spawn({ command, args, core, env = {} }: StartOptions, onExit: () => void): Started {
  const pinned = core === undefined
    ? [command, ...args]
    : ["taskset", "-c", `${core}`, command, ...args];
  const [program = "", ...rest] = pinned;
  const child = new Deno.Command(program, {
    args: rest,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = drain(child.stderr);
  const output = drain(child.stdout);
  const exited = child.status.then(async (status) => {
    onExit();
    await Promise.all([errors.end, output.end]);
    return status;
  });
  const firstLine = output.firstLine.then((line) => {
    if (line !== "") return line;
    throw new Error(`${command} did not start: ${errors.text()}`);
  });
  // Programs without such a line are waited for at their port.
  firstLine.catch(() => {});
  return {
    pid: child.pid,
    firstLine,
    async [Symbol.asyncDispose]() {
      const late = setTimeout(() => kill(child, "SIGKILL"), STOP_MS);
      kill(child, "SIGTERM");
      await exited;
      clearTimeout(late);
    },
  };
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (cause) {
    // It has ended by itself, which was the point.
    if (!(cause instanceof TypeError || cause instanceof Deno.errors.NotFound)) throw cause;
  }
}

/** Reads a pipe to its end, so that nobody waits for it; keeps its beginning. */
function drain(stream: ReadableStream<Uint8Array>) {
  const { promise: firstLine, resolve } = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let text = "";
  const read = async () => {
    for await (const piece of stream) {
      if (text.length >= MAX_KEPT_CHARS) continue;
      text += decoder.decode(piece, { stream: true });
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    }
    resolve("");
  };
  return { firstLine, end: read(), text: () => text.slice(0, MAX_KEPT_CHARS) };
}
