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

export const ASSET_PATHS: readonly string[] = Object.keys(FILES);

export async function asset(path: string): Promise<CallerResponse> {
  const [file, type] = FILES[path] ?? ["", ""];
  try {
    const body = await Deno.readFile(new URL(file, DASHBOARD));
    return { status: 200, headers: [["content-type", type]], body };
  } catch (cause) {
    if (isShortage(cause)) return problem(SHORT);
    const message = "The dashboard is not part of this build; deno task ui builds it.";
    return problem({ status: 404, code: "not_built", message });
  }
}
