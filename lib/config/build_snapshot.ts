import { dirname, resolve } from "node:path";
import { parseBaseUrl } from "./base_url.ts";
import { absolute, buildAdmin, buildHistory, buildLogging } from "./build_records.ts";
import { deepFreeze } from "./deep_freeze.ts";
import { parseErrorCodes } from "./error_codes.ts";
import { parseErrorPattern, type Regexps } from "./error_patterns.ts";
import { parseListen } from "./listen_address.ts";
import { parseNamePattern } from "./name_pattern.ts";
import { type Parsed, proven } from "./parsed.ts";
import { parseCertificates } from "./pem.ts";
import type { PemFiles } from "./pem_files.ts";
import { parseProxy } from "./proxy_url.ts";
import { secretsOf } from "./secrets_of.ts";
import type { AliasConfig, Config, TimeoutsConfig } from "./schema.ts";
import type {
  Alias,
  Backend,
  DetectionSettings,
  FallbackSettings,
  LimitSettings,
  Route,
  Snapshot,
  Timeouts,
} from "./snapshot.ts";

export interface BuildSnapshotOptions {
  /** The configuration file; relative paths start in its directory. */
  readonly file: string;
  readonly revision: number;
  readonly warnings: readonly string[];
  readonly pemFiles: PemFiles;
  /** Given where an error pattern is a regular expression. */
  readonly regexps: Regexps | undefined;
  /** Besides the credentials that stand in it. */
  readonly moreSecrets: readonly string[];
}

/** The frozen values that the rest of the program reads, from a configuration that was checked. */
export function buildSnapshot(config: Config, options: BuildSnapshotOptions): Snapshot {
  const directory = dirname(resolve(options.file));
  const pem = (path: string) => proven(options.pemFiles.get(resolve(directory, path)) ?? UNREAD);
  const backends = new Map(config.backends.map((backend) => [
    backend.name,
    buildBackend(backend, { shared: config.timeouts, pem }),
  ]));
  const moreFallbacks = new Map(Object.entries(config.fallback.alias_fallback));
  const aliases = new Map(
    Object.entries(config.models).map(([name, alias]) => [
      name,
      buildAlias(name, { alias, backends, moreFallbacks: moreFallbacks.get(name) ?? [] }),
    ]),
  );
  const defaultBackend = backends.get(config.default_backend ?? "");
  return deepFreeze({
    revision: options.revision,
    listen: proven(parseListen(config.listen)),
    tls: config.tls && {
      certFile: resolve(directory, config.tls.cert),
      keyFile: resolve(directory, config.tls.key),
      cert: pem(config.tls.cert),
      key: pem(config.tls.key),
    },
    callers: config.clients?.map(({ name, key, models }) => ({
      name,
      key,
      models: models?.map(parseNamePattern),
    })),
    backends,
    aliases,
    defaultBackend: defaultBackend?.enabled ? defaultBackend : undefined,
    fallback: buildFallback(config.fallback, directory),
    detection: buildDetection(config.detection, options.regexps),
    limits: buildLimits(config.limits),
    logging: buildLogging(config.logging, directory),
    history: buildHistory(config.history, directory),
    admin: buildAdmin(config.admin),
    workers: config.workers,
    secrets: [...new Set([...secretsOf(config), ...options.moreSecrets])],
    warnings: options.warnings,
  });
}

const UNREAD: Parsed<string> = { ok: false, reason: "it was not read" };

interface BackendContext {
  readonly shared: TimeoutsConfig;
  /** The content of a PEM file, by its path as written. */
  readonly pem: (path: string) => string;
}

function buildBackend(
  backend: Config["backends"][number],
  { shared, pem }: BackendContext,
): Backend {
  const { name, auth, enabled, proxy, ca, headers, api_key: keys = [] } = backend;
  return {
    name,
    ...proven(parseBaseUrl(backend.url)),
    auth,
    keys: [keys].flat().filter((key) => key !== ""),
    enabled,
    dialects: backend.dialect === "auto" ? undefined : [backend.dialect].flat(),
    proxy: proxy === undefined ? undefined : proven(parseProxy(proxy)),
    roots: ca === undefined ? [] : proven(parseCertificates(pem(ca))),
    headers: {
      set: Object.entries(headers.set),
      remove: new Set(headers.remove.map((name) => name.toLowerCase())),
    },
    maxConcurrent: backend.max_concurrent || Infinity,
    timeouts: buildTimeouts(backend.timeouts, shared),
  };
}

function buildTimeouts(own: TimeoutsConfig, shared: TimeoutsConfig): Timeouts {
  const firstByte = own.first_byte_seconds ?? shared.first_byte_seconds;
  const firstContent = own.first_content_seconds ?? shared.first_content_seconds;
  return {
    connectMs: toMs(own.connect_seconds ?? shared.connect_seconds ?? 10),
    firstByteStreamedMs: toMs(firstByte ?? 120),
    firstByteMs: toMs(firstByte ?? 600),
    firstContentStreamedMs: toMs(firstContent ?? 180),
    firstContentMs: toMs(firstContent ?? 600),
    idleMs: toMs(own.idle_seconds ?? shared.idle_seconds ?? 180),
  };
}

/** What an alias has that is written as a plain list of routes. */
const SHORT_FORM = { enabled: true, balance: "weighted", fallback_to: [] } as const;

interface AliasParts {
  readonly alias: AliasConfig;
  readonly backends: ReadonlyMap<string, Backend>;
  /** Those of `fallback.alias_fallback`. */
  readonly moreFallbacks: readonly string[];
}

function buildAlias(name: string, { alias, backends, moreFallbacks }: AliasParts): Alias {
  const { routes, ...rest } = Array.isArray(alias) ? { ...SHORT_FORM, routes: alias } : alias;
  return {
    name,
    enabled: rest.enabled,
    balance: rest.balance,
    fallbackTo: [...new Set([...rest.fallback_to, ...moreFallbacks])],
    // Routes to no backend were reported, as an error or as a warning; here they are left out.
    routes: routes.flatMap((route): readonly Route[] => {
      const backend = backends.get(route.backend);
      return backend === undefined ? [] : [{ ...route, backend, isInvented: false }];
    }),
  };
}

function buildFallback(fallback: Config["fallback"], directory: string): FallbackSettings {
  const most = fallback.max_cooldown_seconds ?? Math.max(3600, fallback.cooldown_seconds);
  return {
    cooldownMs: toMs(fallback.cooldown_seconds),
    maxCooldownMs: toMs(most),
    maxAttempts: fallback.max_retries || Infinity,
    whenAllCooling: fallback.when_all_cooling,
    deadlineMs: toMs(fallback.deadline_seconds),
    affinityMs: toMs(fallback.affinity_seconds),
    storedIdsFile: absolute(fallback.stored_ids_file, directory),
  };
}

function buildDetection(
  detection: Config["detection"],
  regexps: Regexps | undefined,
): DetectionSettings {
  return {
    errorCodes: new Set(detection.error_codes.flatMap((code) => proven(parseErrorCodes(code)))),
    errorPatterns: detection.error_patterns.map((text) => proven(parseErrorPattern(text, regexps))),
    streamGate: detection.stream_gate,
    holdMs: toMs(detection.hold_seconds),
    midStreamError: detection.mid_stream_error,
  };
}

function buildLimits(limits: Config["limits"]): LimitSettings {
  const { max_body_mb, max_concurrent, max_held_mb, drain_seconds } = limits;
  return {
    maxBodyBytes: toBytes(max_body_mb),
    maxConcurrent: max_concurrent || Infinity,
    maxHeldBytes: max_held_mb === undefined ? undefined : toBytes(max_held_mb),
    drainMs: toMs(drain_seconds),
  };
}

function toBytes(mebibytes: number): number {
  return Math.round(mebibytes * 1024 * 1024);
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}
