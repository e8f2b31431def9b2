/** The dashboard's files: built by `deno task ui`, part of the program, the same for everybody. */
import type { CallerResponse } from "../wire/caller_response.ts";
import { DASHBOARD } from "../system/places.ts";
import { isShortage } from "../system/shortage.ts";
import { problem } from "./answers.ts";

/** Path to file and type; nothing else can be asked for. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/app.css": ["app.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
};

const SHORT = {
  status: 503,
  code: "out_of_resources",
  message: "The proxy has no file descriptors left to read this with. Load it again in a moment.",
};

/**
 * All of them, read once: the program may be replaced by its next version while it runs, whose pages
 * ask for what this one does not have, or be deleted. What cannot be read now is when it is asked for.
 */
export function keptAssets(): ReadonlyMap<string, Uint8Array> {
  const kept = new Map<string, Uint8Array>();
  for (const [file] of Object.values(FILES)) {
    try {
      kept.set(file, Deno.readFileSync(new URL(file, DASHBOARD)));
    } catch {
      // Whoever asks for it is told.
    }
  }
  return kept;
}

export interface AssetOptions {
  readonly kept: ReadonlyMap<string, Uint8Array>;
  /** Below which path a browser finds the dashboard. Default `/`. */
  readonly publicPath?: string | undefined;
}

export const ASSET_PATHS: readonly string[] = Object.keys(FILES);

/**
 * One of the files. What the page asks for is relative to it, so that it works below any path. Where
 * browsers find it is known (`publicPath`, from a slash to a slash), it says so: a proxy that takes the
 * path off may do so without its last slash, and then what is relative would be beside it.
 */
export async function asset(
  path: string,
  { kept, publicPath = "/" }: AssetOptions,
): Promise<CallerResponse> {
  const [file, type] = FILES[path] ?? ["", ""];
  try {
    const body = kept.get(file) ?? await Deno.readFile(new URL(file, DASHBOARD));
    const isMoved = path === "/" && publicPath !== "/";
    return {
      status: 200,
      headers: [["content-type", type]],
      body: isMoved ? pageBelow(publicPath, body) : body,
    };
  } catch (cause) {
    if (isShortage(cause)) return problem(SHORT);
    const message = "The dashboard is not part of this build; deno task ui builds it.";
    return problem({ status: 404, code: "not_built", message });
  }
}

/** As the file has it: the address of each of the others, by its name alone. */
const ADDRESS = /(?<=\s(?:href|src)=")(?=[\w.]+")/g;

function pageBelow(publicPath: string, page: Uint8Array): Uint8Array {
  const shown = publicPath.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return new TextEncoder().encode(new TextDecoder().decode(page).replace(ADDRESS, () => shown));
}
