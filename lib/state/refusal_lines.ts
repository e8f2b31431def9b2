/**
 * Says in the log who was turned away, and why: the first of a kind at once, and how many followed it when
 * some time has passed. A storm of requests must not become one of lines.
 */
import type { Log } from "../record/general_log.ts";
import { type TurnedAway, turnedAwayWords } from "../record/turned_away_words.ts";
import { WakeUp } from "../record/wake_up.ts";

export interface Refused {
  /** Address and port of the peer. */
  readonly caller: string;
  /** Equal for what is wrong in the same way. */
  readonly kind: string;
  /** What is said of it, a whole sentence or several. */
  readonly line: () => string;
}

export interface RefusalLinesOptions {
  readonly log: Pick<Log, "warn">;
  /** How long what follows a line is only counted. Default 10 s. */
  readonly everyMs?: number;
}

const EVERY_MS = 10_000;

/** So many addresses and kinds are told apart; what is more is counted together. */
const MOST_KINDS = 16;

/** What came of one kind from one address since its line. */
interface Followers {
  count: number;
  last: Refused;
}

export class RefusalLines {
  readonly #log: RefusalLinesOptions["log"];
  readonly #everyMs: number;
  readonly #kinds = new Map<string, Followers>();
  #others = 0;
  readonly #alarm = new WakeUp(() => this.tell());

  constructor({ log, everyMs = EVERY_MS }: RefusalLinesOptions) {
    this.#log = log;
    this.#everyMs = everyMs;
  }

  /** Somebody was turned away at the door. */
  turnedAway(visitor: TurnedAway): void {
    const { caller, problem } = visitor;
    this.note({ caller, kind: problem.code, line: () => turnedAwayWords(visitor) });
  }

  /** Somebody was refused. */
  note(refused: Refused): void {
    const key = `${hostOf(refused.caller)} ${refused.kind}`;
    const followers = this.#kinds.get(key);
    if (followers !== undefined) {
      followers.count++;
      followers.last = refused;
    } else if (this.#kinds.size >= MOST_KINDS) {
      this.#others++;
    } else {
      this.#kinds.set(key, { count: 0, last: refused });
      this.#log.warn(refused.line());
    }
    this.#alarm.within(this.#everyMs);
  }

  /** Says what was only counted. Who goes on is counted further, and who has stopped begins anew. */
  tell(): void {
    for (const [key, followers] of this.#kinds) {
      const { count, last } = followers;
      if (count === 0) this.#kinds.delete(key);
      else this.#log.warn(`${last.line()} ${timesWords(count)} from ${hostOf(last.caller)}.`);
      followers.count = 0;
    }
    if (this.#others > 0) {
      this.#log.warn(
        `${this.#others} more requests were refused, of more addresses or for more reasons than are told ` +
          "apart. The lines before name some: mend those first.",
      );
    }
    this.#others = 0;
    if (this.#kinds.size > 0) this.#alarm.within(this.#everyMs);
  }

  /** Says the rest, and nothing by itself from now on. */
  close(): void {
    this.#alarm.turnOff();
    this.tell();
  }
}

function timesWords(count: number): string {
  return count === 1 ? "The same once more" : `The same ${count} times more`;
}

/** Ports change with each connection. */
function hostOf(caller: string): string {
  return caller.replace(/:\d+$/, "");
}
