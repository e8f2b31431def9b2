import { withinMs } from "./within_ms.ts";

/** How long a file system may take to tell of a file; one whose server is away may never. */
const PATIENCE_MS = 2_000;

/** Tells one state of some files from another without opening them, however they have been replaced. */
export class FileStamps {
  readonly #patienceMs: number;
  readonly #stat: typeof Deno.stat;
  /** Looks that have not come back: there is one at a time for each file. */
  readonly #pending = new Map<string, Promise<string>>();

  constructor({ patienceMs = PATIENCE_MS, stat = Deno.stat } = {}) {
    this.#patienceMs = patienceMs;
    this.#stat = stat;
  }

  /**
   * For each file its device, inode, size and times behind any symbolic links, or why there are none;
   * `no answer` where the file system gives none in time.
   */
  async of(paths: readonly string[]): Promise<string> {
    const stamps = paths.map((path) => withinMs(this.#patienceMs, this.#look(path)));
    return (await Promise.all(stamps)).map((stamp) => stamp ?? "no answer").join("\n");
  }

  #look(path: string): Promise<string> {
    const pending = this.#pending.get(path);
    if (pending !== undefined) return pending;
    const look = fileStamp(path, this.#stat).finally(() => this.#pending.delete(path));
    this.#pending.set(path, look);
    return look;
  }
}

async function fileStamp(path: string, stat: typeof Deno.stat): Promise<string> {
  try {
    const { dev, ino, size, mode, mtime, ctime } = await stat(path);
    return [dev, ino, size, mode, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch (cause) {
    return cause instanceof Error ? cause.name : String(cause);
  }
}

/** Whether a file's stamp says that its path leads to nothing: not even to what may not be looked at. */
export function isMissing(stamp: string): boolean {
  return stamp === "NotFound";
}
