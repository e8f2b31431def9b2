/** What can befall the history's SQLite file while it is open: SQLite itself would write on unseen. */
import { changeOf, seenAt, type SeenFile, seenIn, seenNow } from "../system/seen_file.ts";

/** `sides`: its log, or that log's index, is no longer the one in use. */
export type HistoryMishap = "deleted" | "moved" | "replaced" | "sides" | "damaged";

/** Its write-ahead log, and the index of that: https://www.sqlite.org/walformat.html */
const SIDES = ["-wal", "-shm"];

/** https://www.sqlite.org/fileformat.html#the_database_header */
const MAGIC = "SQLite format 3\0";
const HEADER_BYTES = 100;
const PAGE_SIZE_AT = 16;
const CHANGES_AT = 24;
const PAGES_AT = 28;
const PAGES_VALID_AT = 92;

export class HistorySight {
  readonly #path: string;
  readonly #handle: Deno.FsFile;
  readonly #sides: ReadonlyMap<string, SeenFile>;
  #isShort = false;
  /** The largest size that was seen. */
  #mostBytes: number;

  /** @param handle of the file, which is open as long as it is looked at */
  constructor(path: string, handle: Deno.FsFile) {
    this.#path = path;
    this.#handle = handle;
    this.#mostBytes = handle.statSync().size;
    this.#sides = new Map(SIDES.map((suffix) => [path + suffix, seenNow(path + suffix)]));
  }

  /** Undefined where all is well. */
  async look(): Promise<HistoryMishap | undefined> {
    const now = await seenAt(this.#path);
    const info = this.#handle.statSync();
    const change = changeOf(seenIn(info), now);
    if (change === "replaced") return "replaced";
    if (change === "gone") return info.nlink === 0 ? "deleted" : "moved";
    if (this.#isDamaged(info.size)) return "damaged";
    for (const [path, before] of this.#sides) {
      const change = changeOf(before, await seenAt(path));
      if (change === "gone" || change === "replaced") return "sides";
    }
    return undefined;
  }

  /**
   * Deletes the log and its index where they are still those of this file, which is closed and elsewhere: SQLite
   * would take them for those of the next file by that name.
   */
  clearSides(): void {
    for (const [path, before] of this.#sides) {
      const now = seenNow(path);
      const isOurs = "identity" in now && "identity" in before && now.identity === before.identity;
      if (isOurs) Deno.removeSync(path);
    }
  }

  /** Whether it was cut, or its beginning overwritten. What is wrong further on shows as it is read. */
  #isDamaged(size: number): boolean {
    const header = new Uint8Array(HEADER_BYTES);
    this.#handle.seekSync(0, Deno.SeekMode.Start);
    const bytes = this.#handle.readSync(header) ?? 0;
    if (bytes < HEADER_BYTES || new TextDecoder().decode(header.subarray(0, 16)) !== MAGIC) {
      return true;
    }
    const view = new DataView(header.buffer);
    const pageSize = view.getUint16(PAGE_SIZE_AT) === 1 ? 65_536 : view.getUint16(PAGE_SIZE_AT);
    const isKnown = view.getUint32(CHANGES_AT) === view.getUint32(PAGES_VALID_AT);
    const wasShort = this.#isShort;
    // A file that has not shrunk lacks what a full disk did not take: its log has that.
    const hasShrunk = size < this.#mostBytes;
    this.#mostBytes = Math.max(size, this.#mostBytes);
    this.#isShort = isKnown && hasShrunk && size < view.getUint32(PAGES_AT) * pageSize;
    // Twice, for another process may be in the midst of bringing its rows in.
    return this.#isShort && wasShort;
  }
}
