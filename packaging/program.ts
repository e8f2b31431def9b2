/** What every form of the program is made of and allowed: the one list that all tasks take. */
import settings from "../deno.json" with { type: "json" };

/** Where a module of the project is. */
export const ROOT: URL = new URL("../", import.meta.url);

export { BUNDLE_FLAGS, PERMISSIONS } from "../lib/system/own_command.ts";

/** Flags of Deno's that stand in deno.json, for where no deno.json is. */
export const UNSTABLE: readonly string[] = settings.unstable.map((name) => `--unstable-${name}`);

/** Modules that begin a program or a thread, as paths from the root; the first is the program. */
export const ENTRIES = [
  "main.ts",
  "lib/workers/worker.ts",
  "lib/record/file_thread_worker.ts",
] as const;

/** Files and folders that it reads of itself, as paths from the root. */
export const ASSETS: readonly string[] = ["config.example.yaml", "lib/admin/dist"];

/** What a bundle adds to them: its commit and date (lib/cli/version.ts). */
export const BUILD_FILE = "build.json";

/** The version in deno.json. */
export const VERSION: string = settings.version;

/** A file or folder of the project, as the operating system spells it. */
export function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.replace(/^\/(?=[A-Za-z]:)/, "") : path;
}
