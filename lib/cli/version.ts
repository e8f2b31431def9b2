/** `llm-proxy -version`: the version, and of a build the commit and its day. */
import { BUILD } from "../system/places.ts";

/** For one line: `llm-proxy 0.1.0 (0123abc of 2026-01-31)`, from source without the parentheses. */
export async function versionLine(version: string, build: URL = BUILD): Promise<string> {
  const { commit, date } = await readBuild(build);
  const made = commit === undefined ? "" : ` (${commit}${date === undefined ? "" : ` of ${date}`})`;
  return `llm-proxy ${version}${made}`;
}

/** Nothing where there is no such file, as in the source, or it is not as `deno task bundle` wrote it. */
async function readBuild(url: URL): Promise<{ readonly commit?: string; readonly date?: string }> {
  try {
    const build: unknown = JSON.parse(await Deno.readTextFile(url));
    if (typeof build !== "object" || build === null) return {};
    const commit = "commit" in build && typeof build.commit === "string" ? build.commit : undefined;
    const date = "date" in build && typeof build.date === "string" ? build.date : undefined;
    return { ...commit && { commit }, ...date && { date } };
  } catch {
    return {};
  }
}
