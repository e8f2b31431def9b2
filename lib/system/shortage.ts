/** What an error says of this machine: that it was short of something, whoever was asked. */

/** Descriptors of the process and of the system, memory, buffers. */
const SHORT: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "EAGAIN"]);

/** No local port is left, or none of that family of addresses: IPv6 in many a container. */
const NO_ADDRESS = "EADDRNOTAVAIL";

/** Some errors of Deno's have no code, only the system's number: EMFILE and ENFILE everywhere. */
const OS_ERROR = /\(os error (?:23|24)\)/;

/**
 * Whether it is a matter of time until the same works: nobody need correct anything but a limit. Of
 * several addresses that were tried, one without a local one says nothing where another was asked.
 */
export function isShortage(cause: unknown): boolean {
  if (cause instanceof AggregateError) {
    const { errors } = cause;
    return errors.some(isShort) || (errors.length > 0 && errors.every(isShortage));
  }
  return isShort(cause) || codeOf(cause) === NO_ADDRESS;
}

function isShort(cause: unknown): boolean {
  return SHORT.has(codeOf(cause)) || (cause instanceof Error && OS_ERROR.test(cause.message));
}

/** The system's or the platform's name for an error; empty where it has none. */
export function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}
