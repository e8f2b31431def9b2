/**
 * A target under a backend's base path: appended, where the segments with which the base ends and the
 * path begins count once, and where the base says the version, the path's `/v1` does not count. Slashes
 * that stand twice at the start or behind the version count once.
 */
export function joinedTarget(basePath: string, written: string): string {
  const target = withSingleSlashes(written);
  for (let at = 0; at <= basePath.length; at++) {
    const end = basePath.slice(at);
    if (end !== "" && !end.startsWith("/")) continue;
    const next = target.charAt(end.length);
    if (target.startsWith(end) && (next === "/" || next === "?" || next === "")) {
      if (end !== "" || !saysVersion(basePath)) return basePath.slice(0, at) + target;
    }
  }
  const rest = /^\/v1(?=[/?]|$)/.test(target) ? target.slice("/v1".length) : target;
  return basePath + (saysVersion(basePath) ? rest : target);
}

function saysVersion(basePath: string): boolean {
  const [last = "", before = ""] = basePath.split("/").reverse();
  if (last === "openai") return /^v[0-9]+((alpha|beta)[0-9]*)?$/.test(before);
  return /^v[0-9]+$/.test(last);
}

/** Segment by segment: those that are empty before the path begins, or right behind its version. */
function withSingleSlashes(written: string): string {
  const mark = written.search(/[?#]/);
  const path = mark < 0 ? written : written.slice(0, mark);
  const segments = path.split("/").slice(1);
  while (segments.length > 1 && segments[0] === "") segments.shift();
  const version = segments.findIndex((each) => /^v[0-9]+((alpha|beta)[0-9]*)?$/.test(each));
  const isPrefix = version === 0 || (version === 1 && segments[0] === "openai");
  if (isPrefix) {
    const at = segments[version + 1] === "openai" ? version + 2 : version + 1;
    while (segments.length > at + 1 && segments[at] === "") segments.splice(at, 1);
  }
  return `/${segments.join("/")}${mark < 0 ? "" : written.slice(mark)}`;
}
