/**
 * A target under a backend's base path: appended, where the segments with which the base ends and the
 * path begins count once.
 */
export function joinedTarget(basePath: string, target: string): string {
  for (let at = 0; at <= basePath.length; at++) {
    const end = basePath.slice(at);
    if (end !== "" && !end.startsWith("/")) continue;
    const next = target.charAt(end.length);
    if (target.startsWith(end) && (next === "/" || next === "?" || next === "")) {
      return basePath.slice(0, at) + target;
    }
  }
  return basePath + target;
}
