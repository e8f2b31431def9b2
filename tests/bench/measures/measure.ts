/** The measures by the name they have on the command line, in the order they are taken. */
import type { Bench } from "../bench.ts";
import { anthropicEvents, events, requestsOf100Kb, requestsOfOneKb } from "./cpu.ts";
import { aliases, bodies, openStreams, workers } from "./growth.ts";
import { firstEvent, latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { pacedEvents } from "./paced.ts";
import { rareRequests, requestsToTls } from "./secure.ts";
import { idleStreams } from "./streams.ts";

export interface Measure {
  readonly title: string;
  readonly take: (bench: Bench) => Promise<void>;
}

export const MEASURES = {
  cpu1k: { title: "requests of 1 kB", take: requestsOfOneKb },
  tls: { title: "requests of 1 kB, the backend over TLS", take: requestsToTls },
  rare: { title: "requests far between, as agents make them", take: rareRequests },
  cpu100k: { title: "requests of 100 kB", take: requestsOf100Kb },
  sse: { title: "streams of 200 events", take: events },
  anthropic: { title: "streams of 200 events, Anthropic's format", take: anthropicEvents },
  paced: { title: "100 streams of 50 events a second", take: pacedEvents },
  latency: { title: "latency of a single caller", take: latency },
  first: { title: "time to the first event", take: firstEvent },
  memory: { title: "memory: idle, at 1,000 requests a second, after", take: memory },
  streams: { title: "memory of idle streams", take: idleStreams },
  bodies: { title: "ours by size of body", take: bodies },
  aliases: { title: "ours by number of aliases", take: aliases },
  open: { title: "ours by open streams", take: openStreams },
  workers: { title: "ours by workers", take: workers },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureName = keyof typeof MEASURES;

export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];
