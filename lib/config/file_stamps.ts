/**
 * What tells one state of some files from another without reading them: for each its device, inode,
 * size and times behind any symbolic links, or why there are none.
 */
export async function fileStamps(paths: readonly string[]): Promise<string> {
  return (await Promise.all(paths.map(fileStamp))).join("\n");
}

async function fileStamp(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtime, ctime } = await Deno.stat(path);
    return [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(" ");
  } catch (cause) {
    return cause instanceof Error ? cause.name : String(cause);
  }
}

/** Whether the path leads to nothing at all: not even to something that may not be looked at. */
export async function isMissing(path: string): Promise<boolean> {
  return await fileStamp(path) === "NotFound";
}
