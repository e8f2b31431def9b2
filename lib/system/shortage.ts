/** What an error says of this machine: that it was short of something, whoever was asked. */

/** Descriptors of the process and of the system, memory, buffers, local ports. */
const SHORT: ReadonlySet<unknown> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "ENOBUFS",
  "EADDRNOTAVAIL",
  "EAGAIN",
]);

/** Some errors of Deno's have no code, only the system's number: EMFILE and ENFILE everywhere. */
const OS_ERROR = /\(os error (?:23|24)\)/;

/** Whether it is a matter of time until the same works: nobody need correct anything but a limit. */
export function isShortage(cause: unknown): boolean {
  if (cause instanceof AggregateError && cause.errors.some(isShortage)) return true;
  return SHORT.has(codeOf(cause)) || (cause instanceof Error && OS_ERROR.test(cause.message));
}

/** The system's or the platform's name for an error; empty where it has none. */
export function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}
