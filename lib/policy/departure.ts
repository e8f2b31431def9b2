/** What it says of a route that a caller left it in silence, and what follows: it is second choice. */
import type { Route } from "../config/snapshot.ts";

/** A caller who leaves sooner may have changed their mind. */
const LONG_SILENCE_MS = 20_000;
/** A person's next request is seldom the same, and no sooner than a client's next try. */
const AGAIN_WITHIN_MS = 60_000;
/** How long a conversation then goes elsewhere first, and how long a departure is remembered. */
export const SECOND_CHOICE_MS = 5 * 60_000;

/** A route that a conversation should try after all others. */
export interface SecondChoice {
  /** The name of a backend. */
  readonly backend: string;
  /** That backend's name for the model. */
  readonly model: string;
  /** For a person. */
  readonly why: string;
}

/** A request of the conversation of which a caller had left. */
export interface Again {
  /** Since they left. */
  readonly sinceMs: number;
  /** Whether its last message is the same. */
  readonly isSame: boolean;
  /** Whether its client says that it is another try. */
  readonly isRetry: boolean;
}

/** Whether a departure is evidence at all, should the request come again. */
export function isLongSilence(silentMs: number): boolean {
  return silentMs >= LONG_SILENCE_MS;
}

/** Whether a request is another try of the one that was left: the caller wanted the answer, and still does. */
export function isAnotherTry({ sinceMs, isSame, isRetry }: Again): boolean {
  return isRetry ? sinceMs < SECOND_CHOICE_MS : isSame && sinceMs <= AGAIN_WITHIN_MS;
}

/** The routes with the second choices behind the others; among them, the one left longest ago first. */
export function leftLast(
  routes: readonly Route[],
  choices: readonly SecondChoice[],
): readonly Route[] {
  if (choices.length === 0) return routes;
  const rankOf = (route: Route) => choices.findIndex((choice) => isOf(choice, route));
  return routes.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Whether it is this route. */
export function isOf({ backend, model }: Omit<SecondChoice, "why">, route: Route): boolean {
  return backend === route.backend.name && model === route.model;
}

/** `its caller left after 60 s of silence`. */
export function departureWords(silentMs: number): string {
  return `its caller left after ${Math.round(silentMs / 1000)} s of silence`;
}
