/** The dashboard's files: built by `deno task ui`, part of the program, the same for everybody. */
import type { CallerResponse } from "../wire/caller_response.ts";
import { problem } from "./answers.ts";

/** `deno task compile` embeds it. */
const DIST = new URL("./dist/", import.meta.url);

/** Path to file and type; nothing else can be asked for. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/app.js": ["app.js", "text/javascript; charset=utf-8"],
  "/app.css": ["app.css", "text/css; charset=utf-8"],
  "/icon.svg": ["icon.svg", "image/svg+xml"],
};

export const ASSET_PATHS: readonly string[] = Object.keys(FILES);

export async function asset(path: string): Promise<CallerResponse> {
  const [file, type] = FILES[path] ?? ["", ""];
  try {
    const body = await Deno.readFile(new URL(file, DIST));
    return { status: 200, headers: [["content-type", type]], body };
  } catch {
    const message = "The dashboard is not part of this build; deno task ui builds it.";
    return problem({ status: 404, code: "not_built", message });
  }
}
