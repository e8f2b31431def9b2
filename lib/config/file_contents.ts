/** What tells apart files that were changed within what a file system's clock can tell. */
import { createHash } from "node:crypto";
import { readText } from "./read_text.ts";

/** A digest of what some files hold, or of why they cannot be read. */
export async function fileContents(paths: readonly string[]): Promise<string> {
  const read = await Promise.all(paths.map((path) => readText(path)));
  return createHash("sha256").update(JSON.stringify(read)).digest("hex");
}
