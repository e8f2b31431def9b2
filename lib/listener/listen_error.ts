/** Why nobody can listen on an address. */
import type { ListenAddress } from "../config/snapshot.ts";

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
