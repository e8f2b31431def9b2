/**
 * The configuration as the rest of the program reads it: complete, proven and frozen. One request
 * reads one Snapshot from its first line to its last, whatever is saved meanwhile.
 */
import type { DialectName } from "../dialect/dialect.ts";
import type { PublicUrl } from "./public_url.ts";

/** A configured API. */
export interface Backend {
  readonly name: string;
  /** Scheme, host and port, such as `https://api.provider-a.com`: where its connections go. */
  readonly origin: string;
  /** The base path without a trailing slash, such as `/v1`; empty for none. */
  readonly basePath: string;
  readonly auth: "passthrough" | "inject";
  /** Its keys in the order written. Under `passthrough` they are for the record (and redacted). */
  readonly keys: readonly string[];
  readonly enabled: boolean;
  /** The formats it speaks; undefined for any. */
  readonly dialects: readonly DialectName[] | undefined;
  /** `direct` for none; undefined to do as the environment says. */
  readonly proxy: Proxy | "direct" | undefined;
  /** Certificates (PEM) that its own may be signed by, besides the usual ones; empty for none. */
  readonly roots: readonly string[];
  readonly headers: HeaderChanges;
  /** Most attempts in flight at once; `Infinity` when there is no cap. */
  readonly maxConcurrent: number;
  readonly timeouts: Timeouts;
}

/** The only way in which a header other than the credential changes. */
export interface HeaderChanges {
  /** Names are spelled as they are to be sent. */
  readonly set: readonly (readonly [name: string, value: string])[];
  /** Lower-case. */
  readonly remove: ReadonlySet<string>;
}

/** One of `clients`: somebody who may call. */
export interface KnownCaller {
  readonly name: string;
  readonly key: string;
  /** The models it may call; undefined for all, and calls without a model too. */
  readonly models: readonly NamePattern[] | undefined;
}

/** Names of models, with `*` for any characters. */
export interface NamePattern {
  /** As written in the configuration. */
  readonly source: string;
  readonly matches: (name: string) => boolean;
}

/** A proxy on the way to backends. */
export interface Proxy {
  readonly kind: "http" | "https" | "socks5";
  /** A name, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Empty where there is none; the same for the password, which is nobody's but the proxy's. */
  readonly user: string;
  readonly password: string;
}

/** What HTTPS is served with: PEM files as they were when the configuration was read. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** The certificate first, then those between it and its root. */
  readonly cert: string;
  readonly key: string;
}

/** Milliseconds; each is positive. */
export interface Timeouts {
  /** DNS, TCP and TLS together. */
  readonly connectMs: number;
  /** Request sent to response head, when the call asks for a stream. */
  readonly firstByteStreamedMs: number;
  /** Request sent to response head, when it does not. */
  readonly firstByteMs: number;
  /** Response head to first content event, when the call asks for a stream. */
  readonly firstContentStreamedMs: number;
  /** Response head to the first byte that is not white space, when it does not. */
  readonly firstContentMs: number;
  /** Longest silence in a response body that has been committed. */
  readonly idleMs: number;
}

/** One (backend, model, priority) of an alias. */
export interface Route {
  readonly backend: Backend;
  /** The backend's own name for the model. */
  readonly model: string;
  /** Smaller is tried first. */
  readonly priority: number;
  /** Share among routes of the same priority, above 0. */
  readonly weight: number;
  readonly enabled: boolean;
  /** Made for one call, of a name that its caller thought of: no alias leads there. */
  readonly isInvented: boolean;
}

/** How routes of the same priority share the load. */
export type Balance = "weighted" | "round_robin" | "least_busy" | "fastest";

/** The model name callers use, and where it leads. */
export interface Alias {
  readonly name: string;
  readonly enabled: boolean;
  readonly balance: Balance;
  readonly routes: readonly Route[];
  /** Names of other aliases, tried in this order when every route here is used up. No cycles. */
  readonly fallbackTo: readonly string[];
}

/** One `detection.error_patterns` entry. */
export interface ErrorPattern {
  /** As written in the configuration. */
  readonly source: string;
  readonly matches: (text: string) => boolean;
}

export interface FallbackSettings {
  readonly cooldownMs: number;
  readonly maxCooldownMs: number;
  /** Most attempts for one request, the first included; `Infinity` for no limit. */
  readonly maxAttempts: number;
  readonly whenAllCooling: "least_bad" | "reject";
  /** This long after its arrival a request starts no new attempt. */
  readonly deadlineMs: number;
  /** How long after its last request a conversation still belongs to its backend; 0 for never. */
  readonly affinityMs: number;
  /** Absolute path of the file that remembers which backend made a stored object; empty for memory only. */
  readonly storedIdsFile: string;
}

export interface DetectionSettings {
  /** Every status that counts as a failure of the backend. */
  readonly errorCodes: ReadonlySet<number>;
  readonly errorPatterns: readonly ErrorPattern[];
  /** Whether a stream is held until its first content event. */
  readonly streamGate: boolean;
  /** How long after a request's arrival a stream that lives is held for its content, at most; 0 for no limit. */
  readonly holdMs: number;
  /** abort: a broken stream is cut · event: the dialect's error event is sent first. */
  readonly midStreamError: "abort" | "event";
}

export interface LimitSettings {
  readonly maxBodyBytes: number;
  /** Most requests in flight; `Infinity` when there is no cap. */
  readonly maxConcurrent: number;
  /** Most bytes of request bodies held at once; undefined to go by how large the heap may become. */
  readonly maxHeldBytes: number | undefined;
  readonly drainMs: number;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

export interface LoggingSettings {
  readonly level: LogLevel;
  /** Absolute path; empty turns that log off. The same for the two below. */
  readonly requestDir: string;
  readonly errorDir: string;
  readonly generalFile: string;
  readonly redact: boolean;
  /** Most bytes of each body kept in a request log. */
  readonly maxBodyBytes: number;
  /** How the general log and the console are written. */
  readonly format: "text" | "json";
  /** Request logs older than this are deleted; `Infinity` keeps them. */
  readonly retainMs: number;
  /** Most bytes of request logs in all; `Infinity` is no limit. */
  readonly maxTotalBytes: number;
}

export interface HistorySettings {
  /** Absolute path of the SQLite file; empty turns it off. */
  readonly file: string;
  /** Rows older than this are deleted; `Infinity` keeps them. */
  readonly retainMs: number;
}

export interface AdminSettings {
  /** Undefined where it is turned off. */
  readonly listen: ListenAddress | undefined;
  /** Whether the configuration says where: then a port in use is fatal. */
  readonly isWritten: boolean;
  /** Empty for none. */
  readonly token: string;
  /** Where browsers find it through a proxy; absent where the configuration does not say. */
  readonly publicUrl?: PublicUrl;
}

export interface ListenAddress {
  /** Empty for every interface, over IPv4 and IPv6; `localhost` is 127.0.0.1 and ::1. */
  readonly hostname: string;
  /** 0 asks for any free port. */
  readonly port: number;
}

export interface Snapshot {
  /** Counts the configurations this process has put in force; the first is 1. */
  readonly revision: number;
  readonly listen: ListenAddress;
  /** Undefined to serve without TLS. */
  readonly tls: TlsFiles | undefined;
  /** Who may call; undefined where the configuration does not say. Empty: anybody, on purpose. */
  readonly callers: readonly KnownCaller[] | undefined;
  /** By name, disabled ones included. */
  readonly backends: ReadonlyMap<string, Backend>;
  /** By name, disabled ones included. A Map, so that `__proto__` is a name like any other. */
  readonly aliases: ReadonlyMap<string, Alias>;
  /** Takes unknown models and requests without one; undefined to refuse them. Never a disabled one. */
  readonly defaultBackend: Backend | undefined;
  readonly fallback: FallbackSettings;
  readonly detection: DetectionSettings;
  readonly limits: LimitSettings;
  readonly logging: LoggingSettings;
  readonly history: HistorySettings;
  readonly admin: AdminSettings;
  /** Event loops that share the port; auto: one a core. */
  readonly workers: number | "auto";
  /** Every configured credential, for the redactor. */
  readonly secrets: readonly string[];
  /** What is odd but workable, each a full line for a person. */
  readonly warnings: readonly string[];
}
