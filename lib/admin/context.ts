/** What every page and call of the admin port is answered from. */
import type { Snapshot } from "../config/snapshot.ts";
import type { HistoryReader } from "../record/history_rows.ts";
import type { State } from "../state/state.ts";
import type { Feed } from "./feed.ts";
import type { LiveRequests } from "./live_requests.ts";
import type { Reloads } from "./reloads.ts";
import type { Shown } from "./shown.ts";
import type { TokenGate } from "./token_gate.ts";
import type { Window } from "./window.ts";

/** What whoever starts the admin port brings along. */
export interface AdminOptions {
  /** The configuration in force. */
  readonly current: () => Snapshot;
  readonly state: State;
  /** Undefined where there is none: then the latest requests are all there is. */
  readonly history: HistoryReader | undefined;
  readonly reloads: Reloads;
  readonly version: string;
  readonly startedAt: Date;
}

export interface AdminContext extends AdminOptions {
  readonly live: LiveRequests;
  readonly window: Window;
  readonly feed: Feed;
  readonly gate: TokenGate;
  readonly shown: Shown;
  readonly isDraining: () => boolean;
}
