/** What stands at a path, and what has become of it between two looks. */

/** `unknown`: the file system does not say, so that nothing follows from it. */
export type SeenFile =
  | { readonly kind: "missing" | "unknown" }
  | {
    readonly kind: "file" | "directory" | "other";
    /** Equal for one file, however often it is looked at; another one may get its inode, but not its birth. */
    readonly identity: string;
    /** In bytes. */
    readonly size: number;
  };

/**
 * `gone`: deleted, moved away, or its directory was; `replaced`: something else stands at its path; `cut`: it
 * is shorter than it was, as after `copytruncate`.
 */
export type FileChange = "gone" | "replaced" | "cut";

/** Looks at a path itself, or behind symbolic links where `followed`. Never rejects. */
export async function seenAt(path: string, { followed = false } = {}): Promise<SeenFile> {
  try {
    return seenIn(await (followed ? Deno.stat : Deno.lstat)(path));
  } catch (cause) {
    return notSeen(cause);
  }
}

/** The same at once, of a path itself. */
export function seenNow(path: string): SeenFile {
  try {
    return seenIn(Deno.lstatSync(path));
  } catch (cause) {
    return notSeen(cause);
  }
}

/** ENOTDIR: a file stands where a directory above it was. */
function notSeen(cause: unknown): SeenFile {
  const isMissing = cause instanceof Deno.errors.NotFound ||
    (cause instanceof Error && "code" in cause && cause.code === "ENOTDIR");
  return { kind: isMissing ? "missing" : "unknown" };
}

/** On Windows, where Deno tells no inode, the birth has to do. */
export function seenIn(
  { dev, ino, birthtime, size, isFile, isDirectory }: Deno.FileInfo,
): SeenFile {
  const identity = `${dev} ${ino} ${birthtime?.getTime()}`;
  return { kind: isFile ? "file" : isDirectory ? "directory" : "other", identity, size };
}

/** Undefined where nothing has happened: also where there was nothing before. */
export function changeOf(before: SeenFile, now: SeenFile): FileChange | undefined {
  if (!("identity" in before) || now.kind === "unknown") return undefined;
  if (!("identity" in now)) return "gone";
  if (now.identity !== before.identity || now.kind !== before.kind) return "replaced";
  return now.kind === "file" && now.size < before.size ? "cut" : undefined;
}

/** Whether two looks found the same thing in the same state. */
export function isSameSight(one: SeenFile, other: SeenFile): boolean {
  if (!("identity" in one) || !("identity" in other)) return one.kind === other.kind;
  return one.identity === other.identity && one.size === other.size;
}
