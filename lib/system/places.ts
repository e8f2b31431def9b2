/**
 * Where the program's other modules and its files are. The bundle keeps the folders of the source, so
 * that both differ in their root and in the ending of modules alone.
 */

const HERE = "lib/system/places.ts";

/** Bundled, this module is part of a file that stands at the root. */
const isBundle = !import.meta.url.endsWith(`/${HERE}`);

const ROOT = new URL(isBundle ? "./" : "../../", import.meta.url);

/** Whether this runs from the bundle, and not from the source. */
export const IS_BUNDLE: boolean = isBundle;

/** The module that the program begins with. */
export const PROGRAM: URL = moduleAt("main");

/** The module of one more event loop. */
export const EVENT_LOOP: URL = moduleAt("lib/workers/worker");

/** The module of the thread that writes request logs. */
export const FILE_THREAD: URL = moduleAt("lib/record/file_thread_worker");

/** The folder of the dashboard's files, which `deno task ui` makes. */
export const DASHBOARD: URL = new URL("lib/admin/dist/", ROOT);

/** The commented configuration that `init` writes. */
export const EXAMPLE: URL = new URL("config.example.yaml", ROOT);

/** What the bundle was made of, as JSON: written by `deno task bundle`, absent from the source. */
export const BUILD: URL = new URL("build.json", ROOT);

function moduleAt(path: string): URL {
  return new URL(`${path}.${isBundle ? "js" : "ts"}`, ROOT);
}
