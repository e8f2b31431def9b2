import type { BackendConnection } from "./backend_connection.ts";

/** Who has connections: told what becomes of each. */
export interface ConnectionOwner {
  /** Can take a request, for so long. */
  onIdle(connection: BackendConnection, keptSeconds: number | undefined): void;
  /** Is ended, or is nobody's but its handler's any more. */
  onGone(connection: BackendConnection): void;
  /** Wants to be told when that instant (of `performance.now()`) has passed, if it is still its `deadlineMs`. */
  onDeadline(deadlineMs: number): void;
}
