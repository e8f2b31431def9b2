/** Text files that a person wrote, read within bounds of size, kind and time. */
import { isShortage } from "../system/shortage.ts";
import { withinMs } from "./within_ms.ts";
import { errorWords } from "../system/error_words.ts";

/** Largest file that is read as configuration, or for a `${file:PATH}`. */
export const MAX_FILE_BYTES = 1024 * 1024;

/** How long a file system may take; one whose server is away may never answer. */
export const PATIENCE_MS = 5_000;

/** A text, or why there is none. */
export type ReadText = { readonly ok: true; readonly value: string } | Unread;

interface Unread {
  readonly ok: false;
  readonly reason: string;
  /** Whether the machine was short of descriptors or memory: soon it can be read as it is. */
  readonly isPassing: boolean;
}

/**
 * The text of a regular file of at most 1 MiB of UTF-8, without a byte order mark. Everything else
 * is told apart by `stat` before the file is opened, because opening a FIFO waits for its writer; one
 * that takes the file's place meanwhile costs the five seconds that any file may take.
 */
export async function readText(
  path: string,
  { patienceMs = PATIENCE_MS, readNow = readAtLeisure, refusal }: ReadOptions = {},
): Promise<ReadText> {
  const read = await withinMs(patienceMs, readNow(path, refusal));
  return read ?? refused(`cannot be read: nothing came of it for ${patienceMs / 1000} s`);
}

export interface ReadOptions {
  readonly patienceMs?: number;
  /** Default what is read from the disk, however long that takes. */
  readonly readNow?: (path: string, refusal?: Refusal) => Promise<ReadText>;
  /** Asked of the opened file before it is read. */
  readonly refusal?: Refusal;
}

/** Why a file is not to be read; undefined where it may be. */
type Refusal = (info: Deno.FileInfo) => string | undefined;

async function readAtLeisure(path: string, refusal?: Refusal): Promise<ReadText> {
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) return refused("is a directory, not a file");
    if (!info.isFile) return refused("is not a regular file");
    if (info.size > MAX_FILE_BYTES) return refused(tooLarge(info.size));
    using file = await Deno.open(path);
    const reason = refusal?.(await file.stat());
    return reason === undefined ? decode(await readBounded(file, info.size)) : refused(reason);
  } catch (cause) {
    return { ...refused(describe(cause)), isPassing: isShortage(cause) };
  }
}

/** What is said of a file that a shortage keeps from being read. */
export const UNREAD_NOW = "cannot be read now, for want of file descriptors or memory; the " +
  "configuration in force stays, and it is read again until it can be";

/** Reads texts, and remembers whether a shortage of the machine kept it from one. */
export class TextReader {
  isShort = false;

  readonly read = async (path: string): Promise<ReadText> => {
    const text = await readText(path);
    if (!text.ok && text.isPassing) this.isShort = true;
    return text;
  };
}

/**
 * Reads one byte more than is allowed, so that a file that grows meanwhile is caught too. Files are
 * looked at every few seconds: the buffer is as large as this one, not as the largest allowed.
 */
async function readBounded(file: Deno.FsFile, expectedBytes: number): Promise<Uint8Array> {
  let bytes = new Uint8Array(expectedBytes + 1);
  let length = 0;
  while (length <= MAX_FILE_BYTES) {
    if (length === bytes.length) bytes = withRoom(bytes);
    const count = await file.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

/** The same with room for as much again, or 4 kB, but no more than is read of any file. */
function withRoom(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = Math.min(Math.max(2 * bytes.length, 4096), MAX_FILE_BYTES + 1);
  const larger = new Uint8Array(size);
  larger.set(bytes);
  return larger;
}

function decode(bytes: Uint8Array): ReadText {
  if (bytes.length > MAX_FILE_BYTES) return refused(tooLarge(bytes.length));
  if (isUtf16(bytes)) return refused("is UTF-16 text; save it as UTF-8");
  try {
    return { ok: true, value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return refused("is not UTF-8 text; save it as UTF-8");
  }
}

/** By its byte order mark, or by the zero in the first or second byte that ASCII has in UTF-16. */
function isUtf16([first, second]: Uint8Array): boolean {
  const marked = (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe);
  return marked || (second !== undefined && (first === 0) !== (second === 0));
}

/** The reason where the system says so. */
export const NOT_ALLOWED = "may not be read: permission denied";

function describe(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "does not exist";
  if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
    return NOT_ALLOWED;
  }
  return `cannot be read: ${errorWords(cause)}`;
}

function tooLarge(bytes: number): string {
  return `is too large: ${bytes} bytes or more, and at most ${MAX_FILE_BYTES} (1 MiB) are read`;
}

function refused(reason: string): Unread {
  return { ok: false, reason, isPassing: false };
}
