import type { Pieces } from "../http1/pieces.ts";
import type { BackendConnection } from "./backend_connection.ts";

/** Who has connections: told what becomes of each. */
export interface ConnectionOwner {
  /** What all of them write with. */
  readonly pieces: Pieces;
  /** Can take a request, for so long. */
  onIdle(connection: BackendConnection, keptSeconds: number | undefined): void;
  /** Is ended, or is nobody's but its handler's any more. */
  onGone(connection: BackendConnection): void;
  /** Wants to be told when that instant (of `performance.now()`) has passed, if it is still its `deadlineMs`. */
  onDeadline(deadlineMs: number): void;
}
