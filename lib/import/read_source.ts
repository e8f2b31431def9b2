/** The file of another program that is to be imported, read within bounds of size, kind and time. */
import type { Parsed } from "../config/parsed.ts";
import { errorWords } from "../system/error_words.ts";

/** Exports of channels are long. */
export const MAX_SOURCE_BYTES = 10 * 1024 * 1024;

/** Its text without a byte order mark; a reason is the rest of a sentence about the file. `-` is stdin. */
export async function readSource(file: string): Promise<Parsed<string>> {
  try {
    if (file === "-") return decoded(await bounded((into) => Deno.stdin.read(into)));
    // Before it is opened: opening a FIFO waits for its writer.
    const info = await Deno.stat(file);
    if (info.isDirectory) return refused("is a directory, not a file");
    if (!info.isFile) return refused("is not a regular file; give it as - on stdin");
    if (info.size > MAX_SOURCE_BYTES) return refused(TOO_LARGE);
    using opened = await Deno.open(file);
    return decoded(await bounded((into) => opened.read(into)));
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return refused("does not exist");
    return refused(`cannot be read: ${errorWords(cause)}`);
  }
}

const TOO_LARGE = `is too large: at most ${MAX_SOURCE_BYTES / 1024 / 1024} MiB are read`;
const CHUNK_BYTES = 64 * 1024;

/** One byte more than is allowed at most. */
async function bounded(read: (into: Uint8Array) => Promise<number | null>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length <= MAX_SOURCE_BYTES) {
    const into = new Uint8Array(Math.min(CHUNK_BYTES, MAX_SOURCE_BYTES + 1 - length) || 1);
    const count = await read(into);
    if (count === null) break;
    chunks.push(into.subarray(0, count));
    length += count;
  }
  const whole = new Uint8Array(length);
  chunks.reduce((at, chunk) => (whole.set(chunk, at), at + chunk.length), 0);
  return whole;
}

function decoded(bytes: Uint8Array): Parsed<string> {
  if (bytes.length > MAX_SOURCE_BYTES) return refused(TOO_LARGE);
  const [first, second] = bytes;
  const isUtf16 = (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe);
  if (isUtf16) return refused("is UTF-16 text; save it as UTF-8");
  try {
    return { ok: true, value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return refused("is not UTF-8 text; save it as UTF-8");
  }
}

function refused(reason: string): Parsed<never> {
  return { ok: false, reason };
}
