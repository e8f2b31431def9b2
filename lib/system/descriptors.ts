/** How many file descriptors are left, and threads that are started only where there are enough. */
import { isShortage } from "./shortage.ts";

/** Always there, and opened without waiting. */
const NULL_DEVICE = "/dev/null";

/**
 * Whether so many more could be opened now, found out by opening them: some 10 µs each. True where
 * there is no such limit (Windows), and where it cannot be known.
 */
export function hasDescriptors(count: number): boolean {
  if (Deno.build.os === "windows") return true;
  using opened = new DisposableStack();
  try {
    for (let left = count; left > 0; left--) opened.use(Deno.openSync(NULL_DEVICE));
    return true;
  } catch (cause) {
    return !isShortage(cause);
  }
}

/** A thread takes seven, its modules and its listener some more, and others may take some meanwhile. */
const FOR_A_THREAD = 32;

/** Whether a thread can be started now. */
export function hasDescriptorsForThread(): boolean {
  return hasDescriptors(FOR_A_THREAD);
}

/**
 * Starts a thread; undefined where too few descriptors are left. Deno panics then, and ends the
 * process (2.4.2 and 2.9.6: docs/decisions/0025).
 */
export function startThread(url: URL): Worker | undefined {
  return hasDescriptorsForThread() ? new Worker(url, { type: "module" }) : undefined;
}
