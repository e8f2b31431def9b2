import type { Findings } from "./findings.ts";
import { formatListen, isLoopback, parseListen } from "./listen_address.ts";
import { list, mapping } from "./loose.ts";
import { type Fault, faultAt, type Place } from "./place.ts";
import type { SeenBackend } from "./seen_backends.ts";
import type { ListenAddress } from "./snapshot.ts";

interface Surroundings {
  readonly backends: readonly SeenBackend[];
  readonly place: Place;
  /** Where the running proxy listens whatever is written; `undefined` at the start. */
  readonly listening: ListenAddress | undefined;
}

/** Who could spend whose key: backends' keys by anybody, callers' keys that are all that is sent. */
export function checkExposure(value: unknown, around: Surroundings): Findings {
  const { clients } = mapping(value);
  const { place } = around;
  const inUse = around.backends.filter(({ value }) => value.enabled !== false);
  const own = inUse.filter(({ value }) => value.auth === "inject");
  const others = inUse.filter(({ value }) => value.auth !== "inject");
  if (list(clients).length > 0) {
    return { errors: [], warnings: others.flatMap((backend) => bareCallers(backend, place)) };
  }
  const settingKeys = others.flatMap((backend) => openHeaders(backend, place));
  const [injecting] = own;
  if (injecting === undefined) return { errors: [], warnings: settingKeys };
  return clients === undefined
    ? { errors: exposedKeys(value, injecting, around), warnings: settingKeys }
    : { errors: [], warnings: [...openOnPurpose(injecting, place), ...settingKeys] };
}

const WAYS_OUT =
  "add clients, so that callers need a key; or listen on 127.0.0.1; or write clients: [] to open it " +
  "to anybody on purpose";

/** Whoever reaches the port of a proxy that injects keys spends them. */
function exposedKeys(
  value: unknown,
  injecting: SeenBackend,
  { place: root, listening }: Surroundings,
): readonly Fault[] {
  const reason =
    `backend ${injecting.namePlace.written} has auth: inject, so whoever reaches the ` +
    "port would spend its key";
  const written = parseListen(String(mapping(value).listen ?? ":8080"));
  if (written.ok && !isLoopback(written.value)) {
    const message = `must be a loopback address: ${reason}; ${WAYS_OUT}`;
    return [faultAt(["listen"], { root, message })];
  }
  if (listening === undefined || isLoopback(listening)) return [];
  const address = formatListen(listening);
  const message = `until a restart the proxy listens on ${address}: ${reason}; restart it`;
  return [faultAt(["listen"], { root, message })];
}

function openOnPurpose({ namePlace }: SeenBackend, root: Place): readonly Fault[] {
  const message =
    `is empty, so whoever reaches the port spends the key of backend ${namePlace.written}`;
  return [faultAt(["clients"], { root, message })];
}

/** Headers with which a backend may know whom it serves. */
const CREDENTIAL = /^(?:authorization|cookie|.*(?:key|token|secret))$/i;

function credentialSetFor({ value }: SeenBackend): string | undefined {
  return Object.keys(mapping(mapping(value.headers).set)).find((name) => CREDENTIAL.test(name));
}

/** Set for every request, a credential is anybody's to spend, as an injected key is. */
function openHeaders(backend: SeenBackend, root: Place): readonly Fault[] {
  const name = credentialSetFor(backend);
  if (name === undefined) return [];
  const message =
    `whoever reaches the port spends what it sets, if it is a credential; add clients, ` +
    "so that callers need a key";
  return [faultAt([...backend.path, "headers", "set", name], { root, message })];
}

/** A caller's key is taken off its request; often there is no other credential in it. */
function bareCallers(backend: SeenBackend, root: Place): readonly Fault[] {
  if (credentialSetFor(backend) !== undefined) return [];
  const { path, namePlace } = backend;
  const message =
    `backend ${namePlace.written} gets no credential from a caller that sends only its ` +
    "key for this proxy; write auth: inject, unless callers send the backend's in another header";
  return [faultAt([...path, "auth"], { root, message })];
}
