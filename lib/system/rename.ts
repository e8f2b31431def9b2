/** Renaming onto a file that somebody has open for a moment. */

/** How often it is tried again, and for how long it is waited before each, in milliseconds: 1 s in all. */
const PAUSES_MS: readonly number[] = [10, 20, 40, 80, 150, 300, 400];

export interface RenameOptions {
  /** As `Deno.build.os` has it. */
  readonly os?: string;
  readonly rename?: (from: string, to: string) => Promise<void>;
  readonly pause?: (ms: number) => Promise<void>;
}

/**
 * Renames. On Windows an antivirus program or an indexer that looks at the file refuses it for a moment:
 * there it is tried again for a second. https://github.com/rust-lang/rust/issues/123985
 *
 * @throws What the last try threw.
 */
export async function renameOver(
  from: string,
  to: string,
  { os = Deno.build.os, rename = Deno.rename, pause = wait }: RenameOptions = {},
): Promise<void> {
  for (const ms of os === "windows" ? PAUSES_MS : []) {
    try {
      return await rename(from, to);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
      await pause(ms);
    }
  }
  await rename(from, to);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
