/**
 * The request target at a backend: the base path followed by the caller's path, where segments that
 * the base ends with and the path starts with count once. Whole segments only, the longest overlap;
 * the query is kept byte for byte.
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
  const shared = overlap(base, segments);
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
