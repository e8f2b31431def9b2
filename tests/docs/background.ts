/** A command that stays until it is stopped, started by a shell, as a person leaves it in another terminal. */
import assert from "node:assert/strict";

export interface Background extends AsyncDisposable {
  readonly firstLine: string;
  /** What it wrote on its console so far. */
  log(): string;
  /** Resolves once a line written after now has come. */
  settled(): Promise<void>;
}

export interface BackgroundOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function startBackground(
  command: string,
  options: BackgroundOptions,
): Promise<Background> {
  const args = ["-c", command.replace(/^(?=\w)/, "exec ")];
  const child = new Deno.Command("bash", {
    args,
    ...options,
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  })
    .spawn();
  let text = "";
  const heard = new Set<() => void>();
  const reading = (async () => {
    for await (const piece of child.stderr.pipeThrough(new TextDecoderStream())) {
      text += piece;
      heard.forEach((tell) => tell());
    }
  })();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value: firstLine = "" } = await lines.read();
  if (!/^llm-proxy listening on /.test(firstLine)) {
    await child.status;
    await reading;
    assert.fail(`${command}\n${firstLine}${text}`);
  }

  async function settled(): Promise<void> {
    // A reread is logged after all that came before it.
    const { promise, resolve } = Promise.withResolvers<void>();
    const from = text.length;
    const tell = () => text.slice(from).includes("SIGHUP") && resolve();
    heard.add(tell);
    child.kill("SIGHUP");
    await promise;
    heard.delete(tell);
  }

  async function stop(): Promise<void> {
    child.kill("SIGTERM");
    const { code } = await child.status;
    while (!(await lines.read()).done);
    await reading;
    assert.equal(code, 0, text);
  }
  return { firstLine, log: () => text, settled, [Symbol.asyncDispose]: stop };
}
