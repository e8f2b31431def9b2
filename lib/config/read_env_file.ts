/** Reads `.env` beside a configuration, where it is for its owner's eyes alone. */
import { basename, dirname, resolve } from "node:path";
import { errorWords } from "../system/error_words.ts";
import { isShortage } from "../system/shortage.ts";
import { NOT_ALLOWED, PATIENCE_MS, type ReadText, readText } from "./read_text.ts";
import { withinMs } from "./within_ms.ts";

/** What there is of it. Reasons are the rest of a sentence about the file. */
export type EnvFileText =
  | { readonly kind: "absent" }
  | { readonly kind: "read"; readonly text: string }
  /** It is not for us to read, and says nothing. */
  | { readonly kind: "left"; readonly reason: string }
  /** It may say anything, so that what is made without it is not what is meant. */
  | { readonly kind: "unreadable"; readonly reason: string; readonly isPassing: boolean };

/** The path of the `.env` that belongs to a configuration; undefined for a configuration of that name. */
export function envFilePath(configFile: string): string | undefined {
  const path = resolve(configFile);
  return basename(path) === ".env" ? undefined : resolve(dirname(path), ".env");
}

/** Reads it within the bounds of every text, behind any links. Neither throws nor hangs. */
export async function readEnvFile(path: string, configFile: string): Promise<EnvFileText> {
  try {
    const info = await withinMs(PATIENCE_MS, Deno.stat(path));
    if (info === undefined) return unreadable("cannot be read: nothing came of it in time");
    const reason = await whyLeft(info, { path, configFile });
    if (reason !== undefined) return { kind: "left", reason };
  } catch (cause) {
    return await withoutInfo(path, cause);
  }
  const text = await readPrivate(path);
  if (text.ok) return { kind: "read", text: text.value };
  if (text.reason !== NOT_ALLOWED) return unreadable(text.reason, text.isPassing);
  return { kind: "left", reason: `${text.reason}; whoever runs this must own it` };
}

/** The text where it is for its owner alone, which is asked of the opened file. */
export function readPrivate(path: string): Promise<ReadText> {
  return readText(path, { refusal: (info) => whyNotPrivate(info, path) });
}

function unreadable(reason: string, isPassing = false): EnvFileText {
  return { kind: "unreadable", reason, isPassing };
}

async function withoutInfo(path: string, cause: unknown): Promise<EnvFileText> {
  if (cause instanceof Deno.errors.NotFound) {
    const link = await Deno.lstat(path).catch(() => undefined);
    if (link === undefined) return { kind: "absent" };
    return { kind: "left", reason: "is a link that leads nowhere" };
  }
  return unreadable(`cannot be read: ${errorWords(cause)}`, isShortage(cause));
}

interface Around {
  readonly path: string;
  readonly configFile: string;
}

async function whyLeft(info: Deno.FileInfo, around: Around): Promise<string | undefined> {
  if (info.isDirectory) return "is a directory and is not read; variables belong in a file";
  if (!info.isFile) return "is not a regular file and is not read";
  return whyNotPrivate(info, around.path) ?? await whyNotOurs(info, around);
}

/** Windows has no such bits: there a file is its owner's by where it lies. */
function whyNotPrivate({ mode }: Deno.FileInfo, path: string): string | undefined {
  if (mode === null || Deno.build.os === "windows" || (mode & 0o077) === 0) return undefined;
  const bits = (mode & 0o777).toString(8).padStart(4, "0");
  return `may be used by others (mode ${bits}), so it is not read; run: chmod 600 ${inShell(path)}`;
}

/**
 * Only root can open what is for another owner alone, and what an owner writes decides where root's
 * requests go. Who owns the configuration decides that anyway, and so does root.
 */
async function whyNotOurs(info: Deno.FileInfo, around: Around): Promise<string | undefined> {
  const { uid } = info;
  if (uid === null || uid === 0 || Deno.build.os === "windows") return undefined;
  const config = await Deno.stat(around.configFile).catch(() => undefined);
  if (config?.uid === uid) return undefined;
  const own = await withinMs(PATIENCE_MS, ownUid());
  if (own === undefined || own === uid) return undefined;
  return `belongs to the user ${uid}, not to ${own} who runs this, so it is not read; run: ` +
    `chown ${own} ${inShell(around.path)}`;
}

/**
 * The user's number, as a file shows it that this process makes: to ask the system takes a permission
 * that the program has no other use for. Undefined where no file can be made.
 */
async function ownUid(): Promise<number | undefined> {
  try {
    const path = await Deno.makeTempFile();
    try {
      return (await Deno.stat(path)).uid ?? undefined;
    } finally {
      await Deno.remove(path);
    }
  } catch {
    return undefined;
  }
}

function inShell(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
