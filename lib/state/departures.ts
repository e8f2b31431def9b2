/**
 * Callers who left after a long silence, and which routes are second choice since they came again. It
 * holds digests alone, and a bounded number of them.
 */
import type { Route, Snapshot } from "../config/snapshot.ts";
import {
  departureWords,
  isAnotherTry,
  isLongSilence,
  isOf,
  SECOND_CHOICE_MS,
  type SecondChoice,
} from "../policy/departure.ts";
import type { Call } from "../policy/identify.ts";
import { hasChoice } from "../policy/plan.ts";
import { type SilentEntry, silentMs } from "../record/silence.ts";
import type { Belonging } from "../wire/belonging.ts";
import { type Repeatable, type Repetition, repetitionOf } from "../wire/repetition.ts";
import type { Clock } from "./clock.ts";
import { RecentMap } from "./recent_map.ts";
import { type Shared, together } from "./shared.ts";

export interface DeparturesOptions extends Pick<Clock, "monotonicMs"> {
  /** Default: there is one event loop. */
  readonly shared?: Shared | undefined;
  readonly maxEntries?: number;
}

/** The request that was left. */
export interface LeftRequest {
  readonly call: Pick<Call, "alias" | "operation">;
  readonly received: Repeatable;
  readonly belonging: () => Pick<Belonging, "conversation">;
  readonly entry: SilentEntry;
  /** Whether a drill had a hand in it: nothing of that is left. */
  readonly metDrill: () => boolean;
}

interface Left extends SecondChoice {
  readonly request: string;
  readonly atMs: number;
}

interface Since extends SecondChoice {
  readonly atMs: number;
}

/** Some hundred bytes each. */
const MAX_ENTRIES = 5_000;

export class Departures {
  readonly #monotonicMs: () => number;
  readonly #shared: Shared | undefined;
  /** By conversation and alias: the last departure, while nobody knows whether the caller wants more. */
  readonly #left: RecentMap<Left>;
  /** By conversation and alias: the routes that are second choice, the one left longest ago first. */
  readonly #second: RecentMap<readonly Since[]>;

  constructor({ monotonicMs, shared, maxEntries = MAX_ENTRIES }: DeparturesOptions) {
    this.#monotonicMs = monotonicMs;
    this.#shared = shared;
    this.#left = new RecentMap(maxEntries, { shared, name: "departures" });
    this.#second = new RecentMap(maxEntries, { shared, name: "second_choices" });
  }

  /** A caller has left the route that was tried for them. */
  callerLeft(
    { backend, model }: Pick<Route, "backend" | "model">,
    { call: { alias, operation }, received, belonging, entry, metDrill }: LeftRequest,
  ): void {
    if (operation?.kind !== "inference" || !hasChoice(alias) || metDrill()) return;
    const silence = silentMs(entry);
    if (!isLongSilence(silence)) return;
    const { conversation, request } = repetitionOf(received, belonging());
    const place = { backend: backend.name, model, why: departureWords(silence) };
    const left = { ...place, request: request(), atMs: this.#monotonicMs() };
    this.#left.set(entryOf(alias.name, conversation), left);
  }

  /** A request has come: which routes it should try last, the one left longest ago first. */
  secondChoices(alias: string, repetition: () => Repetition): readonly SecondChoice[] {
    if (this.#left.size === 0 && this.#second.size === 0) return [];
    this.#forgetOld();
    if (this.#left.size === 0 && this.#second.size === 0) return [];
    const { conversation, request, isRetry } = repetition();
    const entry = entryOf(alias, conversation);
    return together(this.#shared, () => {
      const left = this.#left.get(entry);
      if (left !== undefined) this.#confirm(entry, left, { isRetry, request });
      return this.#lasting(this.#second.get(entry));
    });
  }

  /** Why a route is second choice for some conversations now, in words; empty where it is for none. */
  why(route: Route): string {
    const all = [...this.#second.entries()].flatMap(([, since]) => this.#lasting(since));
    const here = all.filter((choice) => isOf(choice, route));
    const last = here.at(-1);
    if (last === undefined) return "";
    const who = here.length === 1 ? "a conversation" : `${here.length} conversations`;
    return `second choice for ${who}: ${last.why}`;
  }

  /** Forgets the routes that the snapshot does not have. */
  retain({ backends }: Pick<Snapshot, "backends">): void {
    this.#left.retain(({ backend }) => backends.has(backend));
    this.#second.retain((since) => since.every(({ backend }) => backends.has(backend)));
  }

  #confirm(
    entry: string,
    left: Left,
    { request, isRetry }: Pick<Repetition, "request" | "isRetry">,
  ): void {
    const now = this.#monotonicMs();
    const isSame = !isRetry && request() === left.request;
    if (!isAnotherTry({ sinceMs: now - left.atMs, isSame, isRetry })) return;
    const { backend, model, why } = left;
    const others = this.#lasting(this.#second.get(entry))
      .filter((other) => other.backend !== backend || other.model !== model);
    this.#second.set(entry, [...others, { backend, model, why, atMs: now }]);
    this.#left.delete(entry);
  }

  #lasting(since: readonly Since[] = []): readonly Since[] {
    return since.filter(({ atMs }) => this.#monotonicMs() - atMs < SECOND_CHOICE_MS);
  }

  /** Both stand in the order of time. */
  #forgetOld(): void {
    const isOld = (atMs: number) => this.#monotonicMs() - atMs >= SECOND_CHOICE_MS;
    for (const [entry, { atMs }] of this.#left.entries()) {
      if (!isOld(atMs)) break;
      this.#left.delete(entry);
    }
    for (const [entry, since] of this.#second.entries()) {
      if (!isOld(since.at(-1)?.atMs ?? 0)) break;
      this.#second.delete(entry);
    }
  }
}

/** Digests hold no space. */
function entryOf(alias: string, conversation: string): string {
  return `${conversation} ${alias}`;
}
