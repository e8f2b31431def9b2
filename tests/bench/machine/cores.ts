/** This process and its children on their cores, with as many descriptors as they may have. */
import { outputOf } from "./output_of.ts";

/** Who runs where; undefined where nothing is pinned. */
export interface Cores {
  readonly proxies: number | undefined;
  /** The load, which is this process, and the scripted backend. */
  readonly load: number | undefined;
}

/** Puts this process on core 1, so that core 0 is the proxies'; nothing where there is one core. */
export async function takeCores(): Promise<Cores> {
  const none = { proxies: undefined, load: undefined };
  if (navigator.hardwareConcurrency < 2) return none;
  const output = await outputOf("taskset", ["-a", "-c", "-p", "1", `${Deno.pid}`]);
  return output === undefined ? none : { proxies: 0, load: 1 };
}

const WANTED_DESCRIPTORS = 65_536;

/** Raises the limit of open files for this process and those it starts. @returns what it is then */
export async function raiseDescriptors(): Promise<number> {
  const wanted = `--nofile=${WANTED_DESCRIPTORS}:${WANTED_DESCRIPTORS}`;
  // Only root may go over the hard limit: then it stays, and fewer streams are opened.
  await outputOf("prlimit", ["--pid", `${Deno.pid}`, wanted]).catch(() => undefined);
  const limits = await Deno.readTextFile("/proc/self/limits");
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 1_024);
}
