/** The event loops beside this one, as the admin port sees them. */
import type { HistoryRecord } from "../record/history_rows.ts";
import type { MetricFigures } from "../record/metric_registry.ts";
import type { OpenRequests, Sight } from "../workers/messages.ts";

export interface OtherLoops {
  /** What each has counted; of one that is slow to answer, what it had last. */
  figures(): Promise<readonly MetricFigures[]>;
  /** Resolves when whoever watches has been told what is in flight there, or they do not say. */
  look(): Promise<void>;
  /** Reports what happens there; gives the function that stops it. */
  watch(watcher: LoopsWatcher): () => void;
}

export interface LoopsWatcher {
  readonly onSight: (sight: Sight) => void;
  readonly onEnd: (record: HistoryRecord) => void;
  /** All that is in flight on a loop. */
  readonly onOpen: (loop: number, open: OpenRequests) => void;
}

/** There is only this one. */
export const NO_OTHER_LOOPS: OtherLoops = {
  figures: () => Promise.resolve([]),
  look: () => Promise.resolve(),
  watch: () => () => {},
};
