/** How much is under way, and whether one more request can be taken on. */
import {
  hasRoom,
  heldBudget,
  isShortOfMemory,
  type LoadLimits,
  type MemoryFigures,
  overloaded,
  type ShedReason,
} from "../policy/overload.ts";
import type { Problem } from "../dialect/dialect.ts";
import type { Entry, EntryWatcher } from "../record/entry.ts";
import type { Log } from "../record/general_log.ts";
import type { Room } from "../wire/incoming.ts";
import type { Clock } from "./clock.ts";
import { LocalCounter, type SharedNumber } from "./local_counter.ts";
import { LoopNumber, type LoopNumberOptions } from "./loop_number.ts";
import { heapFigures } from "./heap_figures.ts";
import type { Shared } from "./shared.ts";
import { Shedding } from "./shedding.ts";

export interface LoadOptions extends Pick<Clock, "monotonicMs"> {
  readonly log: Pick<Log, "warn">;
  /** Default V8's. */
  readonly memory?: (() => MemoryFigures) | undefined;
  /** With several event loops, what all of them carry is counted. */
  readonly shared?: Shared | undefined;
}

/** How long a look at the memory is good for. */
const LOOK_EVERY_MS = 100;

/** While memory is short one is let in that often: what nobody uses is only then collected. */
const TRIAL_EVERY_MS = 1_000;

/** Watches the journal: a request is under way until its record ends, a tunnel's too. */
export class Load implements EntryWatcher {
  readonly #monotonicMs: () => number;
  readonly #memory: () => MemoryFigures;
  /** Requests that have not ended. */
  readonly #inFlight: SharedNumber;
  /** Bytes of request bodies that they hold. */
  readonly #heldBytes: SharedNumber;
  readonly #shedding: Shedding;
  #figures: MemoryFigures;
  #lookedAtMs: number;
  #isShort = false;
  #triedAtMs = -Infinity;

  constructor(options: LoadOptions) {
    this.#monotonicMs = options.monotonicMs;
    this.#memory = options.memory ?? heapFigures;
    this.#inFlight = numberFor(options, { name: "requests" });
    this.#heldBytes = numberFor(options, { name: "held_bytes", unit: 1024 });
    this.#shedding = new Shedding(options);
    this.#figures = this.#memory();
    this.#lookedAtMs = options.monotonicMs();
  }

  get inFlight(): number {
    return this.#inFlight.get();
  }

  /** Bytes of request bodies in memory. */
  get heldBytes(): number {
    return this.#heldBytes.get();
  }

  /** Requests turned away since the start. */
  get shed(): Readonly<Record<ShedReason, number>> {
    return this.#shedding.counts;
  }

  /**
   * Why a request cannot be taken on now; undefined where it can.
   *
   * @param bodyBytes how much it says that it will bring; 0 where it does not say
   */
  refusal(limits: LoadLimits, bodyBytes: number): Problem | undefined {
    const reason = this.#whyNot(limits, bodyBytes);
    if (reason === undefined) return void this.#shedding.letIn();
    this.#shedding.shed(reason);
    return overloaded(reason, limits);
  }

  /** The answer to a request whose body found no room. */
  outOfRoom(limits: LoadLimits): Problem {
    this.#shedding.shed("memory");
    return overloaded("memory", limits);
  }

  /** Where a request's body finds room, until the request ends. */
  roomFor(entry: Entry, limits: LoadLimits): Room {
    return { take: (bytes) => this.#take(entry, bytes, this.#budget(limits)) };
  }

  onOpen(entry: Entry): void {
    entry.roomBytes = 0;
    this.#inFlight.add(1);
  }

  onAttempt(): void {}

  /** What a loop carried that has ended is carried no more. */
  forget(loop: number): void {
    for (const number of [this.#inFlight, this.#heldBytes]) {
      if (number instanceof LoopNumber) number.forget(loop);
    }
  }

  onEnd(entry: Entry): void {
    this.#heldBytes.add(-(entry.roomBytes ?? 0));
    entry.roomBytes = undefined;
    this.#inFlight.add(-1);
  }

  #whyNot(limits: LoadLimits, bodyBytes: number): ShedReason | undefined {
    if (this.inFlight >= limits.maxConcurrent) return "max_concurrent";
    const budgetBytes = this.#budget(limits);
    const fits = hasRoom(bodyBytes, { others: this.heldBytes, budgetBytes });
    return fits && !this.#isStrained(budgetBytes) ? undefined : "memory";
  }

  /** Whether memory is short, for more than what is let in all the same. */
  #isStrained(budgetBytes: number): boolean {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#lookedAtMs >= LOOK_EVERY_MS) {
      this.#figures = this.#memory();
      this.#lookedAtMs = nowMs;
    }
    this.#isShort = isShortOfMemory(this.#figures, { budgetBytes, wasShort: this.#isShort });
    // With nothing under way there is nothing that turning away would free.
    if (!this.#isShort || this.inFlight === 0) return false;
    if (nowMs - this.#triedAtMs < TRIAL_EVERY_MS) return true;
    this.#triedAtMs = nowMs;
    return false;
  }

  #budget(limits: LoadLimits): number {
    return heldBudget(limits, this.#figures);
  }

  #take(entry: Entry, bytes: number, budgetBytes: number): boolean {
    const own = entry.roomBytes;
    if (own === undefined) return false;
    const others = this.heldBytes - own;
    if (!hasRoom(own + bytes, { others, budgetBytes })) return false;
    entry.roomBytes = own + bytes;
    this.#heldBytes.add(bytes);
    return true;
  }
}

function numberFor(
  { shared }: Pick<LoadOptions, "shared">,
  options: LoopNumberOptions,
): SharedNumber {
  return shared === undefined ? new LocalCounter() : new LoopNumber(shared, options);
}
