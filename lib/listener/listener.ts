/** What a listener does, and what it is to know. */
import type { ListenAddress } from "../config/snapshot.ts";
import type { Ends } from "../system/own_connections.ts";
import type { CallerResponse } from "../wire/caller_response.ts";
import type { Incoming } from "../wire/incoming.ts";

export interface Listener {
  /** The real port, where the address asked for any. */
  readonly port: number;
  /** Refuses new connections; resolves when every response has ended. */
  close(): Promise<void>;
  /** Ends every connection at once. */
  destroy(): void;
}

export interface ListenOptions {
  readonly address: ListenAddress;
  /** Undefined where nobody else of this process listens there. */
  readonly sharing?: PortSharing | undefined;
  /**
   * What HTTPS is served with, PEM; undefined for HTTP. Asked every now and then: where it has changed,
   * new connections get the new one.
   */
  readonly tls: () => Certificate | undefined;
  /** Answers a request; never rejects. */
  readonly handler: (incoming: Incoming) => Promise<CallerResponse>;
  /** A fault of the listener itself, survived. */
  readonly onFault: (line: string) => void;
  /** Whether a connection is one that this process opened; asked once, with its first request. */
  readonly isOwn?: (ends: Ends) => boolean;
  /** What was refused before it was a request. */
  readonly onRefused: (line: string, from: RefusedFrom) => void;
  /** Default `PATIENCE`. */
  readonly patience?: Partial<Patience>;
}

/** Whom a line of a refusal is about. */
export interface RefusedFrom {
  /** Address and port of the peer. */
  readonly caller: string;
  readonly why: string;
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** One port for several event loops (SO_REUSEPORT of Linux: the kernel deals out connections). */
export interface PortSharing {
  /** How many loops, this one included. */
  readonly loops: number;
  /** Whether this is the one that finds out whether the port is free: later ones join in. */
  readonly isFirst: boolean;
}

/** How long callers may take for what, in milliseconds. */
export interface Patience {
  /** Between requests. Clients keep connections for about a minute: ours must not close under one. */
  readonly idleMs: number;
  /** For a handshake, for a first byte, and for all of a head from its first byte on. */
  readonly headMs: number;
  /** For each next kilobyte of a body that somebody waits for. */
  readonly bodyMs: number;
  /** For a next byte of an answer that is held whole to be taken. */
  readonly takeMs: number;
  /** For what is still to come once nobody reads it. */
  readonly lingerMs: number;
  /** Between two looks at all connections. */
  readonly lookEveryMs: number;
}

export const PATIENCE: Patience = {
  idleMs: 120_000,
  headMs: 15_000,
  bodyMs: 60_000,
  takeMs: 120_000,
  lingerMs: 1_000,
  lookEveryMs: 500,
};

/** The least that must come of a body within `bodyMs`. */
export const LEAST_BODY_BYTES = 1024;

/** How much is held of what nobody has asked for yet: a body, the next request, early frames. */
export const HELD_BYTES = 64 * 1024;

/** How much of what nobody reads is taken, so that a caller that sends all of it first reads its answer. */
export const UNREAD_BYTES = 16 * 1024 * 1024;
