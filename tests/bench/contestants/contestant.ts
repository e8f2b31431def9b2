/** What is measured: a program between the load and the backend. */
import type { Processes } from "../machine/processes.ts";

export const NAMES = [
  "direct",
  "nginx",
  "bare",
  "haproxy",
  "go",
  "portkey",
  "ours",
  "ours-request-logs",
  "ours-logs",
  "ours-compiled",
  "before",
  "before-logs",
] as const;
export type Name = typeof NAMES[number];

/** How the table's head calls each. */
export const TITLES: Readonly<Record<Name, string>> = {
  "direct": "direct",
  "nginx": "nginx",
  "bare": "bare Deno",
  "haproxy": "HAProxy",
  "go": "Go proxy",
  "portkey": "Portkey",
  "ours": "ours, no logs",
  "ours-request-logs": "ours, request logs",
  "ours-logs": "ours, default logs",
  "ours-compiled": "ours, compiled, no logs",
  "before": "before, no logs",
  "before-logs": "before, default logs",
};

export interface Contestant {
  readonly name: Name;
  /** What it does with a request, for the page: figures without the work mean nothing. */
  readonly work: string;
  /** Its version, or why it is left out and how it is installed. */
  find(): Promise<Found>;
  start(options: StartContestant): Promise<Running>;
}

export type Found =
  | { readonly kind: "found"; readonly version: string }
  | { readonly kind: "missing"; readonly advice: string }
  /** Takes part only when it is asked for. */
  | { readonly kind: "unasked" };

export interface StartContestant {
  readonly processes: Processes;
  /** A directory for its configuration and logs, its own. */
  readonly directory: string;
  readonly backendPort: number;
  /** The file of the root that signed for it, where it is spoken TLS to; undefined for plain HTTP. */
  readonly backendRoot: string | undefined;
  /** Where the proxies are pinned. */
  readonly core: number | undefined;
  /** Connections it must be able to hold, both sides together. */
  readonly descriptors: number;
}

/** A contestant that answers. */
export interface Running extends AsyncDisposable {
  readonly name: Name;
  readonly port: number;
  /** Its first process; undefined for direct, which has none. */
  readonly pid: number | undefined;
  /** Header lines it needs on each request. */
  readonly headers: readonly string[];
  /** Whether replies pass byte for byte. */
  readonly verbatim: boolean;
}
