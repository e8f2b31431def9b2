import { dirname, resolve } from "node:path";
import { parseBaseUrl } from "./base_url.ts";
import { parseErrorCodes } from "./error_codes.ts";
import { parseErrorPattern } from "./error_patterns.ts";
import { parseListen } from "./listen_address.ts";
import { proven } from "./parsed.ts";
import type { AliasConfig, Config, TimeoutsConfig } from "./schema.ts";
import type { Alias, Backend, LoggingSettings, Route, Snapshot, Timeouts } from "./snapshot.ts";

export interface BuildSnapshotOptions {
  /** The configuration file; relative paths start in its directory. */
  readonly file: string;
  readonly revision: number;
  readonly warnings: readonly string[];
}

/** The frozen values that the rest of the program reads, from a configuration that was checked. */
export function buildSnapshot(config: Config, options: BuildSnapshotOptions): Snapshot {
  const backends = new Map(config.backends.map((backend) => [
    backend.name,
    buildBackend(backend, config.timeouts),
  ]));
  const aliases = new Map(
    Object.entries(config.models).map((
      [name, alias],
    ) => [name, buildAlias(name, { alias, backends })]),
  );
  return deepFreeze({
    revision: options.revision,
    listen: proven(parseListen(config.listen)),
    backends,
    aliases,
    defaultBackend: undefined,
    fallback: buildFallback(config.fallback),
    detection: {
      errorCodes: new Set(
        config.detection.error_codes.flatMap((code) => proven(parseErrorCodes(code))),
      ),
      errorPatterns: config.detection.error_patterns.map((text) => proven(parseErrorPattern(text))),
      streamGate: true,
      midStreamError: "abort",
    },
    limits: {
      maxBodyBytes: Math.round(config.limits.max_body_mb * 1024 * 1024),
      drainMs: toMs(config.limits.drain_seconds),
    },
    logging: buildLogging(config.logging, dirname(resolve(options.file))),
    secrets: [...new Set([...backends.values()].flatMap(({ keys }) => keys))],
    warnings: options.warnings,
  });
}

function buildBackend(backend: Config["backends"][number], shared: TimeoutsConfig): Backend {
  const { name, auth, enabled, api_key: keys = [] } = backend;
  return {
    name,
    ...proven(parseBaseUrl(backend.url)),
    auth,
    keys: [keys].flat().filter((key) => key !== ""),
    enabled,
    maxConcurrent: backend.max_concurrent || Infinity,
    timeouts: buildTimeouts(backend.timeouts, shared),
  };
}

function buildTimeouts(own: TimeoutsConfig, shared: TimeoutsConfig): Timeouts {
  const firstByte = own.first_byte_seconds ?? shared.first_byte_seconds;
  return {
    connectMs: toMs(own.connect_seconds ?? shared.connect_seconds ?? 10),
    firstByteStreamedMs: toMs(firstByte ?? 120),
    firstByteMs: toMs(firstByte ?? 600),
    firstContentStreamedMs: toMs(180),
    firstContentMs: toMs(600),
    idleMs: toMs(own.idle_seconds ?? shared.idle_seconds ?? 180),
  };
}

function buildAlias(
  name: string,
  { alias, backends }: {
    readonly alias: AliasConfig;
    readonly backends: ReadonlyMap<string, Backend>;
  },
): Alias {
  const { enabled, routes } = Array.isArray(alias) ? { enabled: true, routes: alias } : alias;
  return {
    name,
    enabled,
    balance: "weighted",
    fallbackTo: [],
    // Routes to no backend were reported, as an error or as a warning; here they are left out.
    routes: routes.flatMap((route): readonly Route[] => {
      const backend = backends.get(route.backend);
      return backend === undefined ? [] : [{ ...route, backend }];
    }),
  };
}

function buildFallback(fallback: Config["fallback"]): Snapshot["fallback"] {
  const most = fallback.max_cooldown_seconds ?? Math.max(3600, fallback.cooldown_seconds);
  return {
    cooldownMs: toMs(fallback.cooldown_seconds),
    maxCooldownMs: toMs(most),
    maxAttempts: fallback.max_retries || Infinity,
    whenAllCooling: fallback.when_all_cooling,
    deadlineMs: toMs(240),
    affinityMs: toMs(300),
    storedIdsFile: "",
  };
}

function buildLogging(logging: Config["logging"], directory: string): LoggingSettings {
  const absolute = (path: string) => path === "" ? "" : resolve(directory, path);
  return {
    level: logging.level,
    requestDir: absolute(logging.request_dir),
    errorDir: absolute(logging.error_dir),
    generalFile: absolute(logging.general_file),
    redact: logging.redact,
    maxBodyBytes: Math.round(logging.max_body_kb * 1024),
  };
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** Freezes what is in Maps too; a Map or Set itself cannot be frozen, its type is read-only. */
function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) value.forEach(deepFreeze);
  else if (!(value instanceof Set)) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
