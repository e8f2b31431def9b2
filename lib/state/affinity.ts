/**
 * Which backend knows the rest of a conversation. Advice to the plan, never a reason to wait or to
 * fail. It holds digests alone, and a bounded number of them.
 */
import type { Snapshot } from "../config/snapshot.ts";
import type { Belonging } from "../wire/belonging.ts";
import type { IssuedIds } from "../wire/issued_ids.ts";
import type { Clock } from "./clock.ts";
import { keyDigest } from "./key_digest.ts";
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";
import type { StoredIds } from "./stored_ids.ts";

/** Where a request belongs. */
export interface Home {
  readonly backend: string;
  /** The backend's own name for the model; undefined where any model of it will do. */
  readonly model: string | undefined;
  /** The `keyDigest()` of the key; undefined where the caller's own was used. */
  readonly keyDigest: string | undefined;
  /** For the record: "its session was last served here". */
  readonly why: string;
}

/** Who answered. */
export interface Maker {
  readonly backend: string;
  readonly model: string;
  /** The key that was injected; undefined where the caller's own was used. */
  readonly key: string | undefined;
}

/** A conversation is one with each alias, and is forgotten after `affinityMs` of silence. */
export interface AffinityTerms {
  readonly alias: string;
  /** 0 keeps no conversation anywhere; what backends issued still belongs to them. */
  readonly affinityMs: number;
}

export interface AffinityOptions extends Pick<Clock, "monotonicMs"> {
  readonly storedIds: StoredIds;
  readonly maxConversations?: number;
  readonly maxIssued?: number;
  /** Default: there is one event loop. */
  readonly shared?: Shared | undefined;
}

type Place = Omit<Home, "why">;

interface Served extends Place {
  readonly servedAtMs: number;
  /** Whether it is known by its first turn alone. */
  readonly isFirstTurn: boolean;
}

/** For an agent that is busy all day: some hundred bytes each. */
const MAX_CONVERSATIONS = 20_000;
const MAX_ISSUED = 50_000;

export class Affinity {
  readonly #monotonicMs: () => number;
  readonly #storedIds: StoredIds;
  readonly #conversations: RecentMap<Served>;
  /** Without an end: nobody else understands such an id, however late it comes back. */
  readonly #issued: RecentMap<Place>;
  /** Undefined before the first snapshot. */
  #backends: ReadonlySet<string> | undefined;

  constructor(options: AffinityOptions) {
    this.#monotonicMs = options.monotonicMs;
    this.#storedIds = options.storedIds;
    const { shared, maxConversations = MAX_CONVERSATIONS, maxIssued = MAX_ISSUED } = options;
    this.#conversations = new RecentMap(maxConversations, { shared, name: "conversations" });
    this.#issued = new RecentMap(maxIssued, { shared, name: "issued" });
  }

  /** Where a request belongs: to who issued what it names, else to who last served its conversation. */
  preferred(
    { issued, stored, conversation, isFirstTurn }: Belonging,
    terms: AffinityTerms,
  ): Home | undefined {
    const known = isFirstTurn ? undefined : conversation;
    return this.#issuerOf(issued) ?? this.#keeperOf(stored) ?? this.#lastOf(known, terms);
  }

  /**
   * Takes note of who answered a request, with success. What it named and another backend had issued
   * was understood here, so that the conversation is not pulled back to where it came from. A first turn
   * moves no conversation under way that began alike.
   */
  served(
    { conversation, issued, isFirstTurn }: Pick<
      Belonging,
      "conversation" | "issued" | "isFirstTurn"
    >,
    { alias, affinityMs, ...maker }: AffinityTerms & Maker,
  ): void {
    const place = placeOf(maker);
    for (const id of issued) {
      if (this.#issued.get(id) !== undefined) this.#issued.set(id, place);
    }
    if (conversation === undefined || affinityMs <= 0) return;
    const entry = entryOf(alias, conversation);
    if (isFirstTurn && this.#warm(entry, affinityMs)?.isFirstTurn === false) return;
    const servedAtMs = this.#monotonicMs();
    this.#conversations.set(entry, { ...place, servedAtMs, isFirstTurn });
  }

  /** Takes note of what a reply issued. */
  issued({ issued, stored }: IssuedIds, maker: Maker): void {
    if (issued.length === 0 && stored.length === 0) return;
    const place = placeOf(maker);
    for (const id of issued) this.#issued.set(id, place);
    for (const id of stored) this.#storedIds.set(id, place);
  }

  /** Forgets backends that are gone. Stored objects are remembered: their backend may come back. */
  retain({ backends }: Pick<Snapshot, "backends">): void {
    this.#backends = new Set(backends.keys());
    this.#conversations.retain((place) => this.#isHere(place));
    this.#issued.retain((place) => this.#isHere(place));
  }

  #issuerOf(issued: readonly string[]): Home | undefined {
    for (const id of issued) {
      const place = this.#issued.touch(id);
      if (place !== undefined) return { ...place, why: "an id in it was issued here" };
    }
    return undefined;
  }

  #keeperOf(stored: readonly string[]): Home | undefined {
    const places = stored.map((id) => this.#storedIds.get(id));
    const place = places.find((found) => found !== undefined && this.#isHere(found));
    if (place === undefined) return undefined;
    return { ...place, model: undefined, why: "an object that it names is stored here" };
  }

  #lastOf(
    conversation: string | undefined,
    { alias, affinityMs }: AffinityTerms,
  ): Home | undefined {
    if (conversation === undefined) return undefined;
    const last = this.#warm(entryOf(alias, conversation), affinityMs);
    if (last === undefined) return undefined;
    const { backend, model, keyDigest } = last;
    return { backend, model, keyDigest, why: "its conversation was last served here" };
  }

  #warm(entry: string, affinityMs: number): Served | undefined {
    const last = this.#conversations.get(entry);
    if (last === undefined || this.#monotonicMs() - last.servedAtMs >= affinityMs) return undefined;
    return last;
  }

  #isHere({ backend }: Pick<Place, "backend">): boolean {
    return this.#backends === undefined || this.#backends.has(backend);
  }
}

function placeOf({ backend, model, key }: Maker): Place {
  return { backend, model, keyDigest: key === undefined ? undefined : keyDigest(backend, key) };
}

/** Digests hold no space. */
function entryOf(alias: string, conversation: string): string {
  return `${conversation} ${alias}`;
}
