/** What of a request is the caller's own: an error about it says nothing of a route. */
import type { Route } from "../config/snapshot.ts";
import { bareName, isNameOf } from "./error_class.ts";
import type { Origin } from "./judge.ts";

export interface OriginOptions {
  /** What stands for the caller's own key that the backend sees; undefined where it sees none. */
  readonly callerKey: () => string | undefined;
  /** Whether the caller sends a name elsewhere than where its model stands. */
  readonly sendsElsewhere: (name: string) => boolean;
}

/** The origin of what is sent to a route. */
export function originOf(route: Route, { callerKey, sendsElsewhere }: OriginOptions): Origin {
  return {
    hasCallersKey: () => callerKey() !== undefined,
    wrote: (name) => !route.isInvented && isNameOf(name, route.model),
    sends: (name) => route.isInvented || sendsElsewhere(bareName(name)),
  };
}
