/**
 * What the operating system's signals ask of a running program: to stop, politely once and then at
 * once; to read its files again; or nothing, so that none of them ends it unsaid.
 */
import { ownTerminal, type Terminal } from "./terminal.ts";

/**
 * - stop: no new work, and an end
 * - hangup: the terminal has gone; where there was none, the files are to be read again
 * - again: what nginx's users send to have logs opened anew
 * - nothing: its default is to end the process, which nobody means
 * - write: a file that may not grow: the write fails, and whoever wrote says so
 */
type Meaning = "stop" | "hangup" | "again" | "nothing" | "write";

/** Not SIGPROF, which the runtime sends itself while it is profiled. */
const MEANINGS: Readonly<Partial<Record<Deno.Signal, Meaning>>> = {
  SIGINT: "stop",
  SIGTERM: "stop",
  SIGQUIT: "stop",
  SIGBREAK: "stop",
  SIGXCPU: "stop",
  SIGHUP: "hangup",
  SIGUSR1: "again",
  SIGUSR2: "nothing",
  SIGALRM: "nothing",
  SIGVTALRM: "nothing",
  SIGIO: "nothing",
  SIGPWR: "nothing",
  SIGXFSZ: "write",
};

/** A wish that the program stop. */
export interface Stop {
  readonly signal: Deno.Signal;
  /** What it tells besides; empty for nothing. */
  readonly why: string;
  /** How long the system lets the program live; `Infinity` where it does not say. */
  readonly mostMs: number;
}

/** Called with a signal that asks for files to be read again, or that asks for nothing. */
export type SignalAction = (signal: Deno.Signal) => void;

export interface Signals {
  readonly first: Promise<Stop>;
  readonly second: Promise<Deno.Signal>;
  /** Adds what is to be done when files are to be read again: the configuration, logs, all that has a path. */
  onHangup(action: SignalAction): void;
  /** Adds what is to be done with a signal that means nothing here. */
  onUnknown(action: SignalAction): void;
  /** Stops listening for signals. */
  dispose(): void;
}

/** What decides besides the signal. */
export interface SignalOptions {
  /** Whether there is anything to read again. */
  readonly rereads: boolean;
  readonly terminal?: Pick<Terminal, "hasJustGone" | "dispose">;
  readonly os?: typeof Deno.build.os;
}

/**
 * One Ctrl-C comes twice under `deno task`: from the terminal, and passed on by the task runner. What
 * comes this soon is not a second wish.
 */
const ECHO_MS = 500;

/** A process whose console is closed has 5 s on Windows, its records included. https://learn.microsoft.com/windows/console/handlerroutine */
const CONSOLE_CLOSED_MS = 3_000;

/** Listens for every signal of the table that this system has. */
export function listenForSignals(
  { rereads, terminal = ownTerminal(), os = Deno.build.os }: SignalOptions,
): Signals {
  const wishes = new StopWishes();
  const [again, unknown]: SignalAction[][] = [[], []];
  const act = (signal: Deno.Signal, meaning: Meaning): void => {
    const hangup = meaning === "hangup" ? hangupAs({ rereads, terminal, os }) : undefined;
    if (meaning === "stop") wishes.stop({ signal, why: "", mostMs: Infinity });
    else if (hangup !== undefined) wishes.begin({ signal, ...hangup });
    else if (meaning === "hangup" || (meaning === "again" && rereads)) tell(again, signal);
    else if (meaning !== "write") tell(unknown, signal);
  };
  const entries = Object.entries(MEANINGS) as [Deno.Signal, Meaning][];
  const removals = entries.map(([signal, meaning]) =>
    listenFor(signal, () => act(signal, meaning))
  );
  return {
    first: wishes.first,
    second: wishes.second,
    onHangup: (action) => void again?.push(action),
    onUnknown: (action) => void unknown?.push(action),
    dispose() {
      terminal.dispose();
      for (const remove of removals) remove();
    },
  };
}

function tell(actions: readonly SignalAction[] = [], signal: Deno.Signal): void {
  for (const action of actions) action(signal);
}

/** Why a SIGHUP is a wish to stop; undefined where it is none. */
function hangupAs(
  { rereads, terminal, os }: Required<SignalOptions>,
): Omit<Stop, "signal"> | undefined {
  if (os === "windows") return { why: "the console is closed", mostMs: CONSOLE_CLOSED_MS };
  if (terminal.hasJustGone()) return { why: "the terminal has gone", mostMs: Infinity };
  return rereads ? undefined : { why: "", mostMs: Infinity };
}

/** The first wish and the second. */
class StopWishes {
  readonly #first = Promise.withResolvers<Stop>();
  readonly #second = Promise.withResolvers<Deno.Signal>();
  #seenAtMs: number | undefined;

  get first(): Promise<Stop> {
    return this.#first.promise;
  }

  get second(): Promise<Deno.Signal> {
    return this.#second.promise;
  }

  /** A wish that is meant twice where it comes twice. */
  stop(stop: Stop): void {
    const before = this.#seenAtMs;
    this.begin(stop);
    if (before === undefined) return;
    const isEcho = stop.signal === "SIGINT" && performance.now() - before <= ECHO_MS;
    if (!isEcho) this.#second.resolve(stop.signal);
  }

  /** One that may come several times and mean one thing: a terminal's end is told by kernel and shell. */
  begin(stop: Stop): void {
    this.#seenAtMs ??= performance.now();
    this.#first.resolve(stop);
  }
}

/** Gives what stops listening. Systems, and versions of Deno, know different signals. */
function listenFor(signal: Deno.Signal, listener: () => void): () => void {
  try {
    Deno.addSignalListener(signal, listener);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return () => {};
  }
  return () => Deno.removeSignalListener(signal, listener);
}
