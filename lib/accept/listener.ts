/** What a listener does, whatever of the platform it listens with. */
import type { ListenAddress } from "../config/snapshot.ts";
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
  /** What HTTPS is served with; undefined for HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Answers a request; never rejects. */
  readonly handler: (incoming: Incoming) => Promise<CallerResponse>;
  /** A fault of the listener itself, survived. */
  readonly onFault: (line: string) => void;
  /** When a body that does not come ends its request; undefined for the defaults. */
  readonly bodyPatience?: BodyPatience | undefined;
}

export interface BodyPatience {
  /** How long nothing may come of a body that is waited for. Default a minute. */
  readonly silenceMs?: number;
  /** How much has to come while a body is waited for as long as that. Default 1 kB. */
  readonly leastBytes?: number;
  /** Between two looks. Default 5000. */
  readonly lookEveryMs?: number;
}

/** One port for several event loops (SO_REUSEPORT of Linux: the kernel deals out connections). */
export interface PortSharing {
  /** How many loops, this one included. */
  readonly loops: number;
  /** Whether this is the one that finds out whether the port is free: later ones join in. */
  readonly isFirst: boolean;
}

/** An address that cannot be listened on, and why. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** The error for what the operating system refused listening with. */
export function listenError({ hostname, port }: ListenAddress, cause: unknown): ListenError {
  const inUse = cause instanceof Error &&
    (cause.name === "AddrInUse" || ("code" in cause && cause.code === "EADDRINUSE"));
  const reason = inUse
    ? "the address is in use. Stop the other program"
    : `${cause instanceof Error ? cause.message : cause}`;
  return new ListenError(`${hostname}:${port}: ${reason}, or change listen`, { cause });
}
