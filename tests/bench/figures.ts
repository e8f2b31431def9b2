/** What is measured: one entry a line of the table. */

export interface Figure {
  readonly label: string;
  readonly unit: "µs" | "ms" | "MB" | "kB" | "/s" | "%" | "";
  /** Decimals in the table. */
  readonly digits: number;
  /** Which way is good; neither where a ratio to another contestant means nothing. */
  readonly better: "lower" | "higher" | "neither";
}

const CPU = { unit: "µs", digits: 1, better: "lower" } as const;
const ADDED = { unit: "ms", digits: 3, better: "lower" } as const;
const MEMORY = { unit: "MB", digits: 0, better: "lower" } as const;

export const FIGURES = {
  cpu1k: { label: "CPU per 1 kB request", ...CPU },
  rate1k: { label: "requests a second, 32 callers", unit: "/s", digits: 0, better: "higher" },
  busy1k: { label: "… the proxy's core was busy", unit: "%", digits: 0, better: "neither" },
  cpuTls: { label: "CPU per 1 kB request, the backend over TLS", ...CPU },
  cpu100k: { label: "CPU per 100 kB request", ...CPU },
  cpuEvent: { label: "CPU per SSE event, as fast as it goes", ...CPU, digits: 2 },
  rateEvent: { label: "events a second", unit: "/s", digits: 0, better: "higher" },
  cpuPaced: { label: "CPU per SSE event, 100 streams of 50 events a second", ...CPU, digits: 2 },
  cpuAnthropic: { label: "CPU per SSE event, Anthropic's format", ...CPU, digits: 2 },
  latencyP50: { label: "added latency, 1 caller, p50", ...ADDED },
  latencyP99: { label: "added latency, 1 caller, p99", ...ADDED },
  rareP50: {
    label: "a request in ten seconds, the backend over TLS, p50",
    unit: "ms",
    digits: 2,
    better: "lower",
  },
  firstEvent: { label: "added time to first event, p50", ...ADDED },
  gapP50: {
    label: "added deviation from a gap of 20 ms between events, p50",
    ...ADDED,
    better: "neither",
  },
  gapP99: {
    label: "added deviation from a gap of 20 ms between events, p99",
    ...ADDED,
    better: "neither",
  },
  rssIdle: { label: "memory, idle", ...MEMORY },
  rssLoad: { label: "memory, most under 1,000 requests a second", ...MEMORY },
  rssAfter: { label: "memory, 10 s after", ...MEMORY },
  streamMemory: { label: "memory per idle stream", unit: "kB", digits: 1, better: "lower" },
  body1k: { label: "CPU per request, body of 1 kB", ...CPU },
  body10k: { label: "CPU per request, body of 10 kB", ...CPU },
  body100k: { label: "CPU per request, body of 100 kB", ...CPU },
  body1m: { label: "CPU per request, body of 1 MB", ...CPU },
  aliases10: { label: "CPU per 1 kB request, 10 aliases", ...CPU },
  aliases1k: { label: "CPU per 1 kB request, 1,000 aliases", ...CPU },
  aliases10k: { label: "CPU per 1 kB request, 10,000 aliases", ...CPU },
  open0: { label: "CPU per 1 kB request, no open stream", ...CPU },
  open1k: { label: "CPU per 1 kB request, 1,000 open streams", ...CPU },
  workers1: { label: "CPU per 1 kB request, workers: 1", ...CPU },
  workers2: { label: "CPU per 1 kB request, workers: 2", ...CPU },
} as const satisfies Readonly<Record<string, Figure>>;

export type FigureKey = keyof typeof FIGURES;

export function isFigureKey(key: string): key is FigureKey {
  return Object.hasOwn(FIGURES, key);
}
