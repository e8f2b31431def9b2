/** Backends, routes and snapshots with defaults, for tests that need no configuration file. */
import { parseErrorPattern, regexpsFor } from "../lib/config/error_patterns.ts";
import { parseNamePattern } from "../lib/config/name_pattern.ts";
import { proven } from "../lib/config/parsed.ts";
import type {
  Alias,
  Backend,
  DetectionSettings,
  FallbackSettings,
  KnownCaller,
  LoggingSettings,
  Route,
  Snapshot,
} from "../lib/config/snapshot.ts";

/** What config.md gives a configuration that says nothing of fallback. */
export const FALLBACK: FallbackSettings = {
  cooldownMs: 300_000,
  maxCooldownMs: 3_600_000,
  maxAttempts: 3,
  whenAllCooling: "least_bad",
  deadlineMs: 240_000,
  affinityMs: 300_000,
  storedIdsFile: "",
};

/** A backend on passthrough, without a cap; it injects where `keys` are given. */
export function backendOf(name: string, given: Partial<Backend> = {}): Backend {
  return {
    name,
    origin: `http://${name}.example`,
    basePath: "",
    auth: given.keys === undefined ? "passthrough" : "inject",
    keys: [],
    enabled: true,
    dialects: undefined,
    proxy: undefined,
    roots: [],
    headers: { set: [], remove: new Set() },
    maxConcurrent: Infinity,
    timeouts: {
      connectMs: 10_000,
      firstByteStreamedMs: 120_000,
      firstByteMs: 600_000,
      firstContentStreamedMs: 180_000,
      firstContentMs: 600_000,
      idleMs: 180_000,
    },
    ...given,
  };
}

/** Somebody who may call, with any model unless told otherwise. */
export function callerOf(
  name: string,
  { key = `key-of-${name}`, models }: {
    readonly key?: string;
    readonly models?: readonly string[];
  } = {},
): KnownCaller {
  return { name, key, models: models?.map(parseNamePattern) };
}

export function routeOf(backend: Backend, given: Partial<Omit<Route, "backend">> = {}): Route {
  const route = { backend, model: "model", priority: 1, weight: 1, enabled: true };
  return { ...route, isInvented: false, ...given };
}

export function aliasOf(
  name: string,
  routes: readonly Route[],
  given: Partial<Alias> = {},
): Alias {
  return { name, enabled: true, balance: "weighted", routes, fallbackTo: [], ...given };
}

const regexps = await regexpsFor(["/any/"]);

/** config.md's default `error_codes`, and these patterns. */
export function detectionOf(...patterns: readonly string[]): DetectionSettings {
  const serverErrors = Array.from({ length: 100 }, (_, index) => 500 + index);
  return {
    errorCodes: new Set([402, 408, 429, ...serverErrors]),
    errorPatterns: patterns.map((pattern) => proven(parseErrorPattern(pattern, regexps))),
    streamGate: true,
    holdMs: 45_000,
    midStreamError: "abort",
  };
}

/** Logs that are turned off. */
export const NO_LOGS: LoggingSettings = {
  level: "debug",
  requestDir: "",
  errorDir: "",
  generalFile: "",
  redact: true,
  maxBodyBytes: 1024 * 1024,
  format: "text",
  retainMs: Infinity,
  maxTotalBytes: Infinity,
};

/** A snapshot with these aliases and the backends that they lead to. */
export function snapshotOf(
  aliases: readonly Alias[],
  given: Partial<Snapshot> = {},
): Snapshot {
  const backends = aliases.flatMap(({ routes }) => routes.map(({ backend }) => backend));
  return {
    revision: 1,
    listen: { hostname: "127.0.0.1", port: 0 },
    tls: undefined,
    callers: undefined,
    backends: new Map(backends.map((backend) => [backend.name, backend])),
    aliases: new Map(aliases.map((alias) => [alias.name, alias])),
    defaultBackend: undefined,
    fallback: FALLBACK,
    detection: detectionOf(),
    limits: {
      maxBodyBytes: 64 * 1024 * 1024,
      maxConcurrent: Infinity,
      maxHeldBytes: undefined,
      drainMs: 30_000,
    },
    logging: NO_LOGS,
    history: { file: "", retainMs: Infinity },
    admin: { listen: undefined, isWritten: true, token: "" },
    workers: 1,
    secrets: [],
    warnings: [],
    ...given,
  };
}
