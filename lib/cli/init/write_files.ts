/** Puts the configuration and its `.env` on the disk: both, or neither. */
import type { Parsed } from "../../config/parsed.ts";
import { errorWords } from "../../system/error_words.ts";

export interface Files {
  readonly configFile: string;
  readonly config: string;
  readonly envFile: string;
  /** What is added to `.env`; none leaves it as it is. */
  readonly lines: readonly string[];
}

/**
 * Writes them for their owner alone. A configuration is never overwritten, a `.env` only added to. Where
 * it fails, neither has changed.
 */
export function writeFiles({ configFile, config, envFile, lines }: Files): Parsed<void> {
  const added = lines.length === 0 ? { undo: () => {} } : addLines(envFile, lines);
  if ("reason" in added) return { ok: false, reason: added.reason };
  const made = makeFile(configFile, config);
  if (!made.ok) added.undo();
  return made;
}

/** Makes a file that is not there yet. */
export function makeFile(file: string, text: string): Parsed<void> {
  try {
    Deno.writeTextFileSync(file, text, { createNew: true, mode: 0o600 });
    return { ok: true, value: undefined };
  } catch (cause) {
    // A full disk leaves a part of it.
    if (!(cause instanceof Deno.errors.AlreadyExists)) removeQuietly(file);
    return { ok: false, reason: cannotWrite(file, cause) };
  }
}

type Added = { readonly undo: () => void } | { readonly reason: string };

function addLines(file: string, lines: readonly string[]): Added {
  const text = lines.map((line) => `${line}\n`).join("");
  const before = bytesOf(file);
  if (before === undefined) {
    const made = makeFile(file, text);
    return made.ok ? { undo: () => removeQuietly(file) } : made;
  }
  const undo = () => Deno.truncateSync(file, before.length);
  try {
    const start = before.length === 0 || before.at(-1) === 0x0a ? "" : "\n";
    Deno.writeTextFileSync(file, start + text, { append: true, create: false });
    return { undo };
  } catch (cause) {
    undo();
    return { reason: cannotWrite(file, cause) };
  }
}

function bytesOf(file: string): Uint8Array | undefined {
  try {
    return Deno.readFileSync(file);
  } catch {
    // Not there; what is wrong besides will be told by writing.
    return undefined;
  }
}

function removeQuietly(file: string): void {
  try {
    Deno.removeSync(file);
  } catch {
    // It was never made.
  }
}

/** For a person. */
function cannotWrite(file: string, cause: unknown): string {
  if (cause instanceof Deno.errors.AlreadyExists) return existsAlready(file);
  return `Cannot write ${file}: ${errorWords(cause)}.`;
}

export function existsAlready(file: string): string {
  return `${file} exists already and is left as it is. Remove it, or name another with -config.`;
}
