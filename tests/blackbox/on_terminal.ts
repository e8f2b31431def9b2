/** A program started on a terminal of its own, which can be closed. Needs python3, which can open one. */
import { type RunOptions, spawnProgram } from "./program.ts";

/** Passes on what is written to the terminal; closes it when its input ends; says how the program ended. */
const TERMINAL = `
import os, pty, select, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
print("pid", pid, file=sys.stderr, flush=True)
def ended():
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
waited = [terminal, 0]
while True:
    ready, _, _ = select.select(waited, [], [], 0.2)
    if terminal not in waited and ended():
        break
    if 0 in ready:
        break
    if terminal not in ready:
        continue
    try:
        sys.stdout.buffer.write(os.read(terminal, 65536))
        sys.stdout.flush()
    except OSError: # Nobody writes there, as after nohup; or the program has ended.
        waited = [0]
os.close(terminal)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
print("exit", code, file=sys.stderr, flush=True)
`;

/** Why there is none here; undefined where there is. */
export function noTerminal(): string | undefined {
  if (Deno.build.os === "windows") return "Windows has no such terminals";
  try {
    const { success } = new Deno.Command("python3", { args: ["-c", "import pty"] }).outputSync();
    return success ? undefined : "python3 has no pty";
  } catch {
    return "there is no python3";
  }
}

export interface OnTerminal extends AsyncDisposable {
  readonly pid: number;
  /** Resolves once what the terminal shows so far matches. */
  shown(pattern: RegExp): Promise<RegExpExecArray>;
  signal(signal: Deno.Signal): void;
  /** Closes the terminal, as whoever closes its window. */
  close(): Promise<void>;
  /** The exit status; negative where a signal ended it. */
  readonly code: Promise<number>;
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** @param options `within`: what starts the program there, such as `nohup` */
export async function startOnTerminal(
  args: readonly string[],
  { within = [], ...options }: RunOptions = {},
): Promise<OnTerminal> {
  const python = ["python3", "-c", TERMINAL, ...within];
  const { child, stdout, stderr, exited } = spawnProgram(args, {
    ...options,
    within: python,
    stdin: "piped",
  });
  const [, pid = ""] = await stderr.until(/^pid (\d+)$/m);
  let isOver = false;
  const code = exited.then(({ stderr }) => {
    isOver = true;
    return Number(/^exit (-?\d+)$/m.exec(stderr)?.[1]);
  });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await child.stdin.close().catch(() => {});
    isOpen = false;
  };
  return {
    pid: Number(pid),
    shown: (pattern) => stdout.until(pattern),
    signal: (signal) => Deno.kill(Number(pid), signal),
    close,
    code,
    async [Symbol.asyncDispose]() {
      await close();
      if (!isOver) kill(Number(pid));
      await exited;
    },
  };
}
