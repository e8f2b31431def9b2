/** What every page and call of the admin port is answered from. */
import type { Snapshot } from "../config/snapshot.ts";
import type { History } from "../record/history.ts";
import type { State } from "../state/state.ts";
import type { Feed } from "./feed.ts";
import type { LiveRequests } from "./live_requests.ts";
import type { OtherLoops } from "./other_loops.ts";
import type { Reloads } from "./reloads.ts";
import type { Shown } from "./shown.ts";
import type { TokenGate } from "./token_gate.ts";
import type { Window } from "./window.ts";

/** What is asked of the history; empty answers where there is none. */
export type HistoryReader = Pick<History, "requests" | "request" | "usage" | "names">;

/** What whoever starts the admin port brings along. */
export interface AdminOptions {
  /** The configuration in force. */
  readonly current: () => Snapshot;
  readonly state: State;
  /** Where the proxy listens, such as `http://127.0.0.1:8080`. */
  readonly proxyUrl: string;
  readonly history: HistoryReader;
  readonly reloads: Reloads;
  readonly otherLoops: OtherLoops;
  readonly version: string;
  readonly startedAt: Date;
}

export interface AdminContext extends AdminOptions {
  readonly live: LiveRequests;
  readonly window: Window;
  readonly feed: Feed;
  readonly gate: TokenGate;
  readonly shown: Shown;
  /** The dashboard's files, by name. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  readonly isDraining: () => boolean;
}
