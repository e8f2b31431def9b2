/** How a connection's end looks to whoever reads it. */

/**
 * Whether the other side has ended it, in order or not: where nothing but the connection frames a body,
 * that is the body's end. TLS that ends without saying so makes a read throw UnexpectedEof.
 */
export function isEnd(cause: unknown): boolean {
  if (cause === undefined || cause instanceof Deno.errors.UnexpectedEof) return true;
  if (cause instanceof Deno.errors.ConnectionReset) return true;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNRESET";
}
