/** Files on their way to another thread: one piece of memory for all, which changes hands. */
import type { NewFile } from "./new_files.ts";

/** What the other thread says when it has its modules. */
export const LOADED = "loaded";

export interface FileParcel {
  readonly paths: readonly (readonly string[])[];
  /** Of each file, in bytes. */
  readonly lengths: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function parcelOf(files: readonly NewFile[]): FileParcel {
  const lengths = files.map(({ bytes }) => bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const file of files) {
    bytes.set(file.bytes, at);
    at += file.bytes.length;
  }
  return { paths: files.map(({ paths }) => paths), lengths, bytes };
}

export function filesIn({ paths, lengths, bytes }: FileParcel): NewFile[] {
  let at = 0;
  return paths.map((each, index) => {
    const start = at;
    at += lengths[index] ?? 0;
    return { paths: each, bytes: bytes.subarray(start, at) };
  });
}
