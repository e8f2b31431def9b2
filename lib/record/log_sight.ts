/**
 * What befalls the file of the general log between two looks or writes. Whoever comes first, the look or the
 * next write, notices; the file itself, which is kept open, tells whether it was deleted or, as logrotate
 * does, moved away.
 */
import { basename, dirname, extname, join } from "node:path";
import { changeOf, type SeenFile, seenIn } from "../system/seen_file.ts";
import type { Finding } from "./kept_files.ts";

/** `gone`: deleted or moved away, and nobody can say which. */
type Fate = "deleted" | "moved" | "gone" | "replaced" | "cut";

const LEVELS: Readonly<Record<Fate, Finding["level"]>> = {
  deleted: "warn",
  gone: "warn",
  moved: "info",
  replaced: "info",
  cut: "info",
};

const WORDS: Readonly<Record<Fate, string>> = {
  deleted: "was deleted, and the lines in it are gone; a new one begins",
  gone: "was deleted or moved away; a new one begins",
  moved: "was moved away, with the lines in it; a new one begins",
  replaced: "was deleted or moved away; the log goes on in the file that is there now",
  cut: "was cut or deleted; the log goes on in it",
};

/** Within which somebody has rotated a log that is missed now: looks are more frequent. */
const JUST_NOW_MS = 5_000;
/** Looked through of a directory for what was rotated, at most. */
const MOST_ENTRIES = 1_000;

/**
 * Whether a file beside it that is called after it has just come or changed: who rotates and compresses
 * deletes what was moved, perhaps before anybody has seen it there.
 */
async function wasRotated(path: string): Promise<boolean> {
  const [own, since] = [basename(path), Date.now() - JUST_NOW_MS];
  let left = MOST_ENTRIES;
  try {
    for await (const { name, isFile } of Deno.readDir(dirname(path))) {
      if (left-- === 0) break;
      if (!isFile || !isRotatedName(name, own)) continue;
      const { ctime, birthtime } = await Deno.lstat(join(dirname(path), name));
      if (Number(ctime ?? birthtime) >= since) return true;
    }
  } catch {
    // Nothing is known of it: its directory went, too.
  }
  return false;
}

/** `proxy.log.1.gz`, `proxy.log-20260101`, `proxy-20260101.log`: not `proxy.db`. */
function isRotatedName(name: string, own: string): boolean {
  const stem = own.slice(0, own.length - extname(own).length);
  const isAfter = (start: string, next: RegExp) =>
    name.startsWith(start) && next.test(name.slice(start.length));
  return isAfter(own, /^[-._]/) || isAfter(stem, /^[-._]\d/);
}

export class LogSight {
  readonly #path: string;
  #seen: SeenFile = { kind: "missing" };
  /** Of the file as it was looked at last: it tells of it wherever it is now. */
  #handle: Deno.FsFile | undefined;
  #isClosed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether there was a file and there is none. */
  isGone(now: SeenFile): boolean {
    return changeOf(this.#seen, now) === "gone";
  }

  /** Takes what is there now for what is to be kept; gives what was there, and what became of it. */
  async take(now: SeenFile, { isNew = false } = {}): Promise<Finding | undefined> {
    const change = isNew && "identity" in this.#seen ? "gone" : changeOf(this.#seen, now);
    const fate = change === "gone" ? await this.#fate() : change;
    this.#seen = now;
    if (change === "gone" || change === "replaced") this.#letGo();
    if (fate === undefined) return undefined;
    return { level: LEVELS[fate], line: `The general log ${this.#path} ${WORDS[fate]}.` };
  }

  /**
   * Keeps hold of the file that was taken, so that it can be asked later. Not on Windows, where a directory
   * with an open file in it cannot be moved.
   */
  async hold(): Promise<void> {
    const seen = this.#seen;
    if (this.#handle !== undefined || !("identity" in seen) || Deno.build.os === "windows") return;
    // One that may be written, but not read, or for which there is no descriptor left: then it is not known.
    const handle = await Deno.open(this.#path).catch(() => undefined);
    if (handle === undefined) return;
    const found = seenIn(await handle.stat());
    const isIt = "identity" in found && found.identity === seen.identity;
    if (isIt && !this.#isClosed) this.#handle = handle;
    else handle.close();
  }

  /** So many bytes were added to it. */
  grew(bytes: number): void {
    if ("size" in this.#seen) this.#seen = { ...this.#seen, size: this.#seen.size + bytes };
  }

  /** Looks after nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#letGo();
  }

  async #fate(): Promise<Fate> {
    const links = (await this.#handle?.stat())?.nlink ?? undefined;
    if (links === undefined) return "gone";
    return links > 0 || await wasRotated(this.#path) ? "moved" : "deleted";
  }

  #letGo(): void {
    this.#handle?.close();
    this.#handle = undefined;
  }
}
