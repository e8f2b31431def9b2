/** `llm-proxy demo` as a process of its own, with a directory for its temporary files. */
import { spawnProgram } from "../blackbox/program.ts";

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

/** Starts the demo: the binary that LLM_PROXY_BIN names, else the source. */
export async function startDemo(
  { once = false, env = {} }: DemoProcessOptions = {},
): Promise<DemoProcess> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const { child, stdout, exited } = spawnProgram(["demo", ...(once ? ["-once"] : [])], {
    env: { TMPDIR: directory, TEMP: directory, TMP: directory, ...env },
  });
  let over = false;
  exited.then(() => over = true);
  return {
    directory,
    status: exited.then(({ code }) => code),
    errors: exited.then(({ stderr }) => stderr),
    output: () => stdout.text,
    until: async (pattern) => (await stdout.until(pattern)).input,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (!over) child.kill("SIGKILL");
      await exited;
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
