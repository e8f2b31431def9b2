/**
 * The request target at a backend: the base path followed by the caller's path, where segments that
 * the base ends with and the path starts with count once. Whole segments only, the longest overlap;
 * the query is kept byte for byte. A base that ends with a version of its own (`/v4`, `/v1beta/openai`)
 * puts it in the place of the caller's `/v1`.
 *
 * @param basePath without a trailing slash; empty for none
 * @param target path and query as the caller sent them, starting with a slash
 */
export function joinTarget(basePath: string, target: string): string {
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  if (path.startsWith(`${basePath}/`) && !basePath.includes("/", 1)) return target;
  const base = basePath.split("/").slice(1);
  const segments = segmentsOf(path);
  const shared = overlap(base, segments) || (givesTheVersion(base, segments) ? 1 : 0);
  const joined = [...base, ...segments.slice(shared)].join("/");
  return `/${joined}${end < 0 ? "" : target.slice(end)}`;
}

const VERSION = /^v\d+(?:(?:alpha|beta)\d*)?$/;

/** A client whose own base ends with a slash sends two before its version; they are one. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.split("/").slice(1);
  const first = segments.findIndex((segment) => segment !== "");
  return first > 0 && VERSION.test(segments[first] ?? "") ? segments.slice(first) : segments;
}

/**
 * Whether the base's own version is meant where the caller says `v1`. `v1beta` and `v1` are two APIs, but
 * for Google's in OpenAI's format, which has its `v1` under either.
 */
function givesTheVersion(base: readonly string[], [first]: readonly string[]): boolean {
  const last = base.at(-1) ?? "";
  if (first !== "v1") return false;
  return last === "openai" ? VERSION.test(base.at(-2) ?? "") : /^v\d+$/.test(last);
}

/** How many segments, at most, the base ends with and the path starts with. */
function overlap(base: readonly string[], path: readonly string[]): number {
  for (let length = Math.min(base.length, path.length); length > 0; length--) {
    if (base.slice(-length).every((segment, index) => segment === path[index])) return length;
  }
  return 0;
}
