/** The part of CHANGELOG.md that tells of one version. */

/** Without its heading; undefined where it is not told of. */
export function notesFor(version: string, changelog: string): string | undefined {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((each) => headingOf(each) === version);
  return section?.replace(/^.*\n+/, "").trimEnd();
}

/** `1.2.3` of `## [1.2.3] - 2026-01-31` and of `## 1.2.3`. */
function headingOf(section: string): string | undefined {
  return /^## \[?([^\]\s]+)\]?/.exec(section)?.[1];
}
