/** Why nobody can listen on an address, and what to do. */
import type { ListenAddress } from "../config/snapshot.ts";
import { codeOf } from "../system/shortage.ts";

/** An address that cannot be listened on, and why. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/** The error for what the operating system refused listening with. */
export function listenError({ hostname, port }: ListenAddress, cause: unknown): ListenError {
  if (cause instanceof ListenError) return cause;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return new ListenError(`${host}:${port}: ${reasonOf(cause, port)}, or change listen`, { cause });
}

/** Below it, ports are an administrator's. */
const FIRST_FREE_PORT = 1024;

function reasonOf(cause: unknown, port: number): string {
  const code = codeOf(cause);
  const name = cause instanceof Error ? cause.name : "";
  if (name === "AddrInUse" || code === "EADDRINUSE") {
    return "the address is in use. Stop the other program";
  }
  if (name === "PermissionDenied" || code === "EACCES" || code === "EPERM") return denied(port);
  if (name === "AddrNotAvailable" || code === "EADDRNOTAVAIL") {
    return "this machine has no such address. Write one of its own";
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/failed to lookup address|no such host|ENOTFOUND/i.test(message)) {
    return "no address is known for that name. Write an address of this machine";
  }
  return message;
}

function denied(port: number): string {
  if (port >= FIRST_FREE_PORT || port === 0) {
    return "the system does not allow it. Look at its firewall and sandbox rules";
  }
  const why = `ports below ${FIRST_FREE_PORT} need a privilege`;
  const linux = "On Linux: sudo setcap cap_net_bind_service=+ep on the program's file, or " +
    "AmbientCapabilities=CAP_NET_BIND_SERVICE in its systemd unit";
  return `${why}. ${linux}; elsewhere run it as an administrator`;
}
