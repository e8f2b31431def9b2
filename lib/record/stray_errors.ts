/** What becomes of errors that nobody awaited. */
import type { Log } from "./general_log.ts";

/** An error nobody awaited concerns one request at most; the others go on. */
export function surviveStrayErrors(log: Log): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error(`A fault inside the proxy, survived: ${describe(event.reason)}`);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    log.error(`A fault inside the proxy, survived: ${describe(event.error)}`);
  });
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.stack ?? cause.message : String(cause);
}
