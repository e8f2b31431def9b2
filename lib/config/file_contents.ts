/** What tells apart files that were changed within what a file system's clock can tell. */
import { createHash } from "node:crypto";
import { envFilePath, readPrivate } from "./read_env_file.ts";
import { readText } from "./read_text.ts";

/** A digest of what a configuration, the first, and its files hold, or of why they cannot be read. */
export async function fileContents(paths: readonly string[]): Promise<string> {
  const [configuration = ""] = paths;
  const env = envFilePath(configuration);
  const read = await Promise.all(
    paths.map((path) => path === env ? readPrivate(path) : readText(path)),
  );
  return createHash("sha256").update(JSON.stringify(read)).digest("hex");
}
