/** `.env` beside a configuration: what it says, and what an import adds to it. */
import { parseEnvLines } from "../config/env_syntax.ts";
import { errorWords } from "../system/error_words.ts";
import type { Parsed } from "../config/parsed.ts";

/** The variables of a text, by name, as the configuration reads them; the last of a name counts. */
export function envVariables(text: string): ReadonlyMap<string, string> {
  return new Map(parseEnvLines(text).lines.map(({ name, value }) => [name, value]));
}

/** `NAME="value"`, a line each. */
export function envLines(variables: ReadonlyMap<string, string>): string {
  return [...variables].map(([name, value]) => {
    return `${name}="${value.replace(/["\\$`]/g, "\\$&")}"\n`;
  }).join("");
}

const MAX_BYTES = 1024 * 1024;

/** Its text; empty where there is none. A reason is the rest of a sentence about the file. */
export async function readEnvText(path: string): Promise<Parsed<string>> {
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) {
      return refused("is not a regular file; move it away, or name another place with -config");
    }
    if (info.size > MAX_BYTES) return refused("is too large: at most 1 MiB are read");
    const isOpen = info.mode !== null && Deno.build.os !== "windows" && (info.mode & 0o077) !== 0;
    if (isOpen) {
      return refused("may be read by others, so no key is put there; run: chmod 600 on it");
    }
    return { ok: true, value: await Deno.readTextFile(path) };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return { ok: true, value: "" };
    return refused(`cannot be read: ${errorWords(cause)}`);
  }
}

function refused(reason: string): Parsed<never> {
  return { ok: false, reason };
}

/** Adds lines at its end, or throws with nothing added; a new one is for its owner's eyes alone. */
export async function appendEnv(path: string, { before, lines }: {
  readonly before: string;
  readonly lines: string;
}): Promise<void> {
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  const bytes = new TextEncoder().encode(gap + lines);
  using file = await Deno.open(path, { append: true, create: true, mode: 0o600 });
  const { size } = await file.stat();
  try {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  } catch (cause) {
    // A full disk leaves a part of them.
    await file.truncate(size).catch(() => undefined);
    throw cause;
  }
}
