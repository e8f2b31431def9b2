/** What a process and those it started have used, from /proc. https://man7.org/linux/man-pages/man5/proc.5.html */

/** Of `utime` and `stime`: USER_HZ, 100 on every Linux that Deno runs on. */
const MS_PER_TICK = 10;

interface Stat {
  readonly parent: number;
  readonly cpuMs: number;
}

/** CPU time of the process and its descendants, user and system, to 10 ms. */
export function cpuMs(pid: number): number {
  return family(pid).reduce((sum, each) => sum + (statOf(each)?.cpuMs ?? 0), 0);
}

/** Resident memory of the process and its descendants, in bytes; shared pages count in each. */
export function residentBytes(pid: number): number {
  return family(pid).reduce((sum, each) => sum + residentOf(each), 0);
}

function residentOf(pid: number): number {
  const status = readProc(`${pid}/status`) ?? "";
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** The process, then those it started, theirs after them. */
function family(pid: number): number[] {
  const tasks = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter(Boolean);
  const parents = new Map(tasks.map((task) => [task, statOf(task)?.parent]));
  const members = [pid];
  for (const member of members) {
    for (const [task, parent] of parents) if (parent === member) members.push(task);
  }
  return members;
}

function statOf(pid: number): Stat | undefined {
  const text = readProc(`${pid}/stat`);
  if (text === undefined) return undefined;
  // The name, in brackets, may hold blanks: the fields after it count from the third.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { parent: Number(fields[1]), cpuMs: ticks * MS_PER_TICK };
}

/** Undefined where the process has ended. */
function readProc(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${path}`);
  } catch {
    return undefined;
  }
}
