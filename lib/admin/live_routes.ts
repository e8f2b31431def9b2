/** The calls behind `explain`, `cooldowns` and `drill`: for the admin port's table of routes. */
import type { Snapshot } from "../config/snapshot.ts";
import type { State } from "../state/state.ts";
import { clearCooldowns, listCooldowns } from "./cooldown_list.ts";
import { drillCall } from "./drill_call.ts";
import { explain } from "./explain.ts";

export interface LiveContext {
  readonly state: State;
  /** The configuration in force. */
  readonly current: () => Snapshot;
}

export interface LiveRequest {
  readonly query: URLSearchParams;
  /** The parsed body. */
  readonly json: () => Promise<unknown>;
}

/** `body` is to be sent as JSON; of a problem it is `{ error: { code, message } }`. */
export interface LiveAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface LiveRoute {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: (
    context: LiveContext,
    request: LiveRequest,
  ) => LiveAnswer | Promise<LiveAnswer>;
}

export const LIVE_ROUTES: readonly LiveRoute[] = [
  {
    method: "GET",
    path: "/api/explain",
    handle: (context, { query }) => explain(query, context),
  },
  {
    method: "GET",
    path: "/api/cooldowns",
    handle: (context) => ({ status: 200, body: listCooldowns(context) }),
  },
  {
    method: "POST",
    path: "/api/cooldowns/clear",
    handle: async (context, { json }) => clearCooldowns(await json(), context),
  },
  {
    method: "POST",
    path: "/api/drill",
    handle: async (context, { json }) => drillCall(await json(), context),
  },
];
