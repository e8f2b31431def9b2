/**
 * A claim on a directory that one process has at a time: an advisory lock on the directory itself, which the
 * system lifts when the process ends, however it ends. Where there is none (Windows, some network file
 * systems, a Deno without `tryLock`), everybody has it, as before there were claims.
 */
export class DirectoryClaim {
  readonly #path: string;
  #handle: Deno.FsFile | undefined;
  #isTaken = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes it unless somebody else has it; whether it is not somebody else's now. */
  take(): boolean {
    if (this.#isTaken) return true;
    this.#handle ??= opened(this.#path);
    const handle = this.#handle;
    if (handle === undefined || !("tryLockSync" in handle)) return true;
    try {
      this.#isTaken = handle.tryLockSync(true);
    } catch {
      return true;
    }
    return this.#isTaken;
  }

  /** Gives it up. */
  leave(): void {
    this.#handle?.close();
    this.#handle = undefined;
    this.#isTaken = false;
  }
}

function opened(path: string): Deno.FsFile | undefined {
  if (Deno.build.os === "windows") return undefined;
  try {
    return Deno.openSync(path);
  } catch {
    return undefined;
  }
}
