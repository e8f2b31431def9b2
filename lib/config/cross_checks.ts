import { checkAliases } from "./alias_checks.ts";
import { checkBackendReferences } from "./backend_references.ts";
import { checkClients } from "./client_checks.ts";
import { checkEndpoints } from "./endpoint_checks.ts";
import { checkExposure } from "./exposure_checks.ts";
import { checkPurposes, type PurposeOptions } from "./file_purposes.ts";
import type { Regexps } from "./error_patterns.ts";
import type { Findings } from "./findings.ts";
import { checkHeaders } from "./header_checks.ts";
import { isLoopback, parseListen } from "./listen_address.ts";
import { mapping } from "./loose.ts";
import { checkPathCharacters } from "./path_characters.ts";
import { checkPatterns } from "./pattern_checks.ts";
import { pemFaults, type PemFiles } from "./pem_files.ts";
import { type Fault, faultAt, type Place } from "./place.ts";
import type { Seen } from "./look_around.ts";
import { checkSelf } from "./self_checks.ts";
import { type SeenBackend, seenBackends } from "./seen_backends.ts";
import { suspicions, wrongKey } from "./suspicions.ts";
import type { ListenAddress } from "./snapshot.ts";

export interface CrossCheckOptions extends Omit<PurposeOptions, "identities">, Seen {
  /** Where the running proxy listens whatever is written; `undefined` at the start. */
  readonly listening: ListenAddress | undefined;
  readonly pemFiles: PemFiles;
  /** Given where an error pattern is a regular expression. */
  readonly regexps: Regexps | undefined;
}

/**
 * What no single value can show: references, duplicates, keys that would be anybody's to spend.
 * Works on the values as they are, whatever else is wrong with them, so that all errors are
 * reported at once.
 */
export function crossCheck(value: unknown, options: CrossCheckOptions): Findings {
  const backends = seenBackends(value, options.place);
  const references = checkBackendReferences(value, { backends, place: options.place });
  const aliases = checkAliases(value, options.place);
  const exposure = checkExposure(value, { ...options, backends });
  const clients = checkClients(value, { root: options.place, lineOf: options.lineOf });
  const self = checkSelf(value, { ...options, backends });
  return {
    errors: [
      ...duplicateNames(backends, options),
      ...backends.flatMap((backend) => injectWithoutKey(backend, options.place)),
      ...backends.flatMap((backend) => checkHeaders(backend, options.place)),
      ...exposure.errors,
      ...clients.errors,
      ...exposedAdmin(value, options.place),
      ...invertedCooldowns(value, options.place),
      ...pemFaults(value, { ...options, files: options.pemFiles }),
      ...checkPathCharacters(value, options.place),
      ...checkPurposes(value, options),
      ...checkPatterns(value, options),
      ...self.errors,
      ...references.errors,
      ...aliases.errors,
    ],
    warnings: [
      ...backends.flatMap((backend) => checkEndpoints(backend, options.place)),
      ...openPublicUrl(value, options.place),
      ...suspicions(value, options.place),
      ...[references, aliases, exposure, clients, self].flatMap(({ warnings }) => warnings),
    ],
  };
}

function duplicateNames(
  backends: readonly SeenBackend[],
  { lineOf }: CrossCheckOptions,
): readonly Fault[] {
  return backends.flatMap(({ name, path, namePlace }, index) => {
    const first = backends.findIndex((other) => other.name === name);
    const before = backends[first];
    if (typeof name !== "string" || before === undefined || first === index) return [];
    const line = lineOf(before.namePlace.offset);
    const message =
      `${namePlace.written} is already the name of backends[${first}] on line ${line}`;
    return [{ offset: namePlace.offset, path: [...path, "name"], message }];
  });
}

function injectWithoutKey({ value, path }: SeenBackend, root: Place): readonly Fault[] {
  if (value.auth !== "inject") return [];
  const at = [...path, "api_key"];
  const keys = Array.isArray(value.api_key) ? value.api_key : [value.api_key];
  if (value.api_key === undefined || keys.length === 0) {
    return [faultAt(at, { root, message: "is missing; auth: inject sends it" })];
  }
  const message = "must be one line of visible ASCII without spaces, since auth: inject sends it";
  return keys.flatMap((key, index) => {
    if (typeof key !== "string" || /^[\x21-\x7e]+$/.test(key)) return [];
    const found = key === ""
      ? "must not be empty, since auth: inject sends it"
      : wrongKey(key, true) ?? message;
    return [faultAt(Array.isArray(value.api_key) ? [...at, index] : at, { root, message: found })];
  });
}

/** Prompts and answers are on the dashboard, and buttons that change things. */
function exposedAdmin(value: unknown, root: Place): readonly Fault[] {
  const { listen, token = "" } = mapping(mapping(value).admin);
  if (typeof listen !== "string" || listen === "" || token !== "") return [];
  const written = parseListen(listen);
  if (!written.ok || isLoopback(written.value)) return [];
  const message = "must be a loopback address where there is no admin.token: whoever reaches the " +
    "port would read every prompt; listen on 127.0.0.1, or set a token";
  return [faultAt(["admin", "listen"], { root, message })];
}

/** A proxy that asks nobody for anything lets everybody in. */
function openPublicUrl(value: unknown, root: Place): readonly Fault[] {
  const { public_url: url, token = "" } = mapping(mapping(value).admin);
  if (typeof url !== "string" || url === "" || token !== "") return [];
  const message = "stands without admin.token: whoever reaches that address reads every prompt, " +
    "unless the proxy there asks who calls; set a token";
  return [faultAt(["admin", "public_url"], { root, message })];
}

function invertedCooldowns(value: unknown, root: Place): readonly Fault[] {
  const { cooldown_seconds: usual = 300, max_cooldown_seconds: most } = mapping(
    mapping(value).fallback,
  );
  if (typeof usual !== "number" || typeof most !== "number" || most >= usual) return [];
  const message = "must not be below cooldown_seconds";
  return [faultAt(["fallback", "max_cooldown_seconds"], { root, message })];
}
