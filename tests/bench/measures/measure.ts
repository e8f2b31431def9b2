/** The measures by the name they have on the command line, in the order they are taken. */
import type { Bench } from "../bench.ts";
import { anthropicEvents, events, requestsOf100Kb, requestsOfOneKb } from "./cpu.ts";
import { firstEvent, latency } from "./latency.ts";

export interface Measure {
  readonly title: string;
  readonly take: (bench: Bench) => Promise<void>;
}

export const MEASURES = {
  cpu1k: { title: "requests of 1 kB", take: requestsOfOneKb },
  cpu100k: { title: "requests of 100 kB", take: requestsOf100Kb },
  sse: { title: "streams of 200 events", take: events },
  anthropic: { title: "streams of 200 events, Anthropic's format", take: anthropicEvents },
  latency: { title: "latency of a single caller", take: latency },
  first: { title: "time to the first event", take: firstEvent },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof MEASURES;

export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];
