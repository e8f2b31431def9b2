/** The file behind `StoredIds`: one JSON object a line, appended, and written anew now and then. */
import { appendPrivately, proveOwn, replacePrivately } from "../record/private_file.ts";
import {
  changeOf,
  type FileChange,
  isSameSight,
  seenAt,
  type SeenFile,
} from "../system/seen_file.ts";

/** A line of it; digests only. */
export interface StoredLine {
  readonly id: string;
  readonly backend: string;
  readonly key: string | null;
  /** When it was learned, as ISO 8601. */
  readonly at: string;
}

export interface StoredLines {
  /** In the order written, so that of two with one id the last counts. */
  readonly lines: readonly StoredLine[];
  readonly damaged: number;
  /** Whether the last line has no end, so that a line after it would be damaged. */
  readonly isCut: boolean;
}

/** `grown`: somebody else has added to it, or made it. */
export type StoredChange = FileChange | "grown";

/** What has befallen the file, and what comes of it. */
export const STORED_CHANGES: Readonly<Record<StoredChange, string>> = {
  gone: "was deleted or moved away: it is written again from memory, and nothing is lost",
  replaced: "was replaced by another: what that one says is taken in, and what was known is added",
  cut: "was cut: it is written again from memory, and nothing is lost",
  grown:
    "is written by another process as well, a second llm-proxy perhaps: each takes in what the " +
    "other adds",
};

/** Far more than the lines of a full map; a larger file is somebody else's. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** How each of its lines begins, even one that was cut. */
const LINE_START = '{"id":"';

export class StoredIdsFile {
  readonly path: string;
  #lines: number | undefined;
  /** As it was left after the last reading or writing. */
  #left: SeenFile = { kind: "missing" };

  constructor(path: string) {
    this.path = path;
  }

  get isRead(): boolean {
    return this.#lines !== undefined;
  }

  /** How many lines it has, as far as is known. */
  get lines(): number {
    return this.#lines ?? 0;
  }

  /**
   * What the file holds; nothing when there is none.
   *
   * @throws It cannot be read, or is not one of ours: then nothing may be written to it either.
   */
  async read(): Promise<StoredLines> {
    this.#lines = undefined;
    this.#left = await seenAt(this.path);
    const text = await textOf(this.path);
    const texts = text.split("\n").filter((line) => line !== "");
    if (texts.length > 0 && !texts.some((line) => line.startsWith(LINE_START))) {
      throw new Error("it holds something else; name a file that does not exist yet");
    }
    const parsed = texts.map(parseLine);
    const lines = parsed.filter((line) => line !== undefined);
    this.#lines = texts.length;
    const isCut = text !== "" && !text.endsWith("\n");
    return { lines, damaged: texts.length - lines.length, isCut };
  }

  async append(lines: readonly StoredLine[]): Promise<void> {
    const text = written(lines);
    const before = "size" in this.#left ? this.#left.size : 0;
    const hadFile = "identity" in this.#left;
    let isAnother = false;
    await appendPrivately(this.path, text, {
      prove: (_, { isNew }) => Promise.resolve(void (isAnother = isNew && hadFile)),
    });
    // What was there went in this moment: the next look finds another file than was left.
    if (isAnother) return;
    this.#lines = this.lines + lines.length;
    // What others have added meanwhile is not in this size, and so is noticed.
    const size = before + new TextEncoder().encode(text).length;
    const now = await seenAt(this.path);
    this.#left = "size" in now ? { ...now, size } : now;
  }

  /** Replaces the file as a whole: who reads it meanwhile sees the old one or the new one. */
  async rewrite(lines: Iterable<StoredLine>): Promise<void> {
    const all = [...lines];
    await replacePrivately(this.path, written(all));
    this.#lines = all.length;
    this.#left = await seenAt(this.path);
  }

  /** What somebody else has done to it since it was last read or written. */
  async change(): Promise<StoredChange | undefined> {
    const now = await seenAt(this.path);
    if (now.kind === "unknown" || isSameSight(this.#left, now)) return undefined;
    return changeOf(this.#left, now) ?? "grown";
  }
}

async function textOf(path: string): Promise<string> {
  proveOwn(path);
  try {
    const { size } = await Deno.stat(path);
    if (size > MAX_FILE_BYTES) throw new Error(`it has ${size} bytes, too many to be ours`);
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return "";
    throw cause;
  }
}

function written(lines: readonly StoredLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

function parseLine(text: string): StoredLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return isStoredLine(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

function isStoredLine(line: unknown): line is StoredLine {
  if (typeof line !== "object" || line === null) return false;
  const { id, backend, key, at } = line as Partial<Record<keyof StoredLine, unknown>>;
  return [id, backend, at].every((text) => typeof text === "string") &&
    (key === null || typeof key === "string");
}
