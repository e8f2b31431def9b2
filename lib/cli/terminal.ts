/** The terminal that the program was started on, and whether it has gone. */

/** How often it is looked at. Nothing else tells that it went without a SIGHUP, as after `disown`. */
const LOOK_MS = 1_000;
/**
 * A SIGHUP that comes so long after it was seen to be gone is somebody's own: the kernel's and the
 * shell's follow the terminal's end within milliseconds.
 */
const LONG_GONE_MS = 1_000;

export interface TerminalOptions {
  /** Whether a person started the program on a terminal, and whether that is still there. */
  readonly isThere: () => boolean;
  readonly nowMs?: () => number;
  /** Calls back every so many milliseconds, and keeps no process alive; gives what ends that. */
  readonly every?: (ms: number, look: () => void) => () => void;
}

export class Terminal {
  readonly #isThere: () => boolean;
  readonly #nowMs: () => number;
  readonly #end: () => void;
  readonly #wasThere: boolean;
  #goneAtMs: number | undefined;

  constructor({ isThere, nowMs = () => performance.now(), every = repeat }: TerminalOptions) {
    this.#isThere = isThere;
    this.#nowMs = nowMs;
    this.#wasThere = isThere();
    this.#end = this.#wasThere ? every(LOOK_MS, () => this.#look()) : () => {};
  }

  /** Whether it was there at the start, and went away a moment ago: what a SIGHUP then tells. */
  hasJustGone(): boolean {
    this.#look();
    return this.#goneAtMs !== undefined && this.#nowMs() - this.#goneAtMs < LONG_GONE_MS;
  }

  /** Stops looking. */
  dispose(): void {
    this.#end();
  }

  #look(): void {
    if (!this.#wasThere || this.#goneAtMs !== undefined || this.#isThere()) return;
    this.#goneAtMs = this.#nowMs();
    this.#end();
  }
}

/**
 * The process's own: where its input is one. `nohup` puts something else in its place, but not where it
 * came from BSD, as on macOS: there a terminal for input alone means `nohup`, too.
 */
export function ownTerminal(): Terminal {
  const takesInput = Deno.build.os !== "darwin" && Deno.build.os !== "freebsd";
  const isShown = takesInput || Deno.stdout.isTerminal() || Deno.stderr.isTerminal();
  return new Terminal({ isThere: () => isShown && Deno.stdin.isTerminal() });
}

function repeat(ms: number, look: () => void): () => void {
  const timer = setInterval(look, ms);
  Deno.unrefTimer(timer);
  return () => clearInterval(timer);
}
