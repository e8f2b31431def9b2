/** What the main event loop and another one say to each other: plain values, copied on their way. */
import type { LogRecord } from "@logtape/logtape";
import type { LiveDetail } from "../admin/live_row.ts";
import type { ConfigSources } from "../config/load.ts";
import type { HistoryRecord } from "../record/history_rows.ts";
import type { MetricFigures } from "../record/metric_registry.ts";
import type { SharedLoop } from "../state/shared_memory.ts";

/** All that a loop needs to begin. */
export interface Start {
  readonly kind: "start";
  readonly shared: SharedLoop;
  /** How many loops there are, the main one included. */
  readonly loops: number;
  /** The port that the main loop listens on. */
  readonly port: number;
  /** The main loop's `clockOriginMs()` of now: a loop that begins late has another time origin. */
  readonly clockOriginMs: number;
  /** What the main loop started with, whose settings are in use until a restart. */
  readonly first: ConfigSources;
  /** What is in force. */
  readonly latest: ConfigSources;
}

export type ToWorker =
  | Start
  | { readonly kind: "configure"; readonly sources: ConfigSources }
  /** The main loop is done with a batch. */
  | { readonly kind: "taken" }
  | { readonly kind: "ask"; readonly id: number; readonly question: Question }
  | { readonly kind: "drain"; readonly drainMs: number };

/** figures: what was counted · open: the requests in flight */
export type Question = "figures" | "open";

/** The requests in flight on a loop: how many, and the latest of them. */
export interface OpenRequests {
  readonly count: number;
  readonly details: readonly LiveDetail[];
}

export type Answer =
  | { readonly question: "figures"; readonly figures: MetricFigures }
  | { readonly question: "open"; readonly open: OpenRequests };

export type FromWorker =
  /** It can be told how to start. */
  | { readonly kind: "loaded" }
  | { readonly kind: "listening" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "batch"; readonly batch: Batch }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "drained" };

/** What has happened on a loop for the main one to keep, in order. */
export interface Batch {
  readonly lines: readonly LogRecord[];
  readonly rows: readonly HistoryRecord[];
  readonly written: readonly (readonly [name: string, bytes: number])[];
  readonly sights: readonly Sight[];
}

/** A figure for the dashboard's last minutes. */
export type Sight =
  | { readonly kind: "ended"; readonly subject: string; readonly isOk: boolean }
  | { readonly kind: "came"; readonly subject: string; readonly ms: number };
