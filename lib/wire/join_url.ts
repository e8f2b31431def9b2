/** Where a request goes at a backend: the backend's base path and the caller's path, joined. */

/**
 * The request target at a backend: the base path followed by the caller's path, where segments that
 * the base ends with and the path starts with count once. Whole segments only, the longest overlap;
 * the query is kept byte for byte. A base that says which version of the API it is takes the place of
 * the caller's `/v1`: `/api/paas/v4`, `/v1beta/openai`.
 *
 * @param basePath without a trailing slash; empty for none
 * @param target path and query as the caller sent them, starting with a slash
 */
export function joinTarget(basePath: string, target: string): string {
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  if (path.startsWith(`${basePath}/`) && !basePath.includes("/", 1)) return target;
  const base = basePath.split("/").slice(1);
  const segments = path.split("/").slice(1);
  const shared = overlap(base, segments) || (isVersioned(base) && segments[0] === "v1" ? 1 : 0);
  const joined = [...base, ...segments.slice(shared)].join("/");
  return `/${joined}${end < 0 ? "" : target.slice(end)}`;
}

/** How many segments, at most, the base ends with and the path starts with. */
function overlap(base: readonly string[], path: readonly string[]): number {
  for (let length = Math.min(base.length, path.length); length > 0; length--) {
    if (base.slice(-length).every((segment, index) => segment === path[index])) return length;
  }
  return 0;
}

/**
 * Whether a base ends with the version of an API that is called like OpenAI's. `v1beta` alone is another API
 * than `v1`; with `openai` behind it, it is that API again.
 */
function isVersioned(base: readonly string[]): boolean {
  const last = base.at(-1) ?? "";
  return last === "openai" ? ANY_VERSION.test(base.at(-2) ?? "") : VERSION.test(last);
}

const VERSION = /^v\d+$/;
const ANY_VERSION = /^v\d+(?:(?:alpha|beta)\d*)?$/;

/**
 * A target without the slashes that stand there twice because a client put its path behind a base URL
 * that ends with one: at its start, or behind the version. All else stays as it is.
 */
export function withoutDoubledSlashes(target: string): string {
  if (!target.includes("//")) return target;
  return target.replace(DOUBLED, "$1/");
}

const DOUBLED = /^\/*(\/(?:openai\/)?v\d+(?:(?:alpha|beta)\d*)?(?:\/openai)?)?\/+/;
