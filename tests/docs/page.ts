/** A page of the documentation as its reader takes it: configurations, commands, what is seen, links, words. */
import { ROOT } from "../../packaging/program.ts";

/** A block between fences. */
export interface Fence {
  /** `bash`, `yaml` …; empty where none is written. */
  readonly language: string;
  readonly text: string;
  /** The paragraph before it. */
  readonly before: string;
}

export interface Page {
  /** From the root: `docs/operations.md`. */
  readonly path: string;
  readonly fences: readonly Fence[];
  /** All but fences and comments. */
  readonly prose: string;
  /** What stands between single backticks, in order. */
  readonly spans: readonly string[];
  /** Targets of links and pictures, as written. */
  readonly links: readonly string[];
  /** What a `#` of a link may name. */
  readonly anchors: readonly string[];
}

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;

export function readPage(path: string): Page {
  const text = Deno.readTextFileSync(new URL(path, ROOT)).replaceAll(/<!--.*?-->\n?/gs, "");
  const fences = [...text.matchAll(FENCE)].map((
    { index, 1: indent = "", 2: language = "", 3: inner = "" },
  ) => ({
    language,
    text: inner.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    before: text.slice(0, index).trimEnd().split(/\n\n/).at(-1) ?? "",
  }));
  const prose = text.replaceAll(FENCE, "");
  return {
    path,
    fences,
    prose,
    spans: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span.replaceAll("\\|", "|")),
    links: [...prose.replaceAll(/`[^`\n]*`/g, "`").matchAll(/\]\(([^)\s]+)\)/g)].map((
      [, to = ""],
    ) => to),
    anchors: [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchorOf(heading)),
  };
}

/** As GitHub names a heading. */
function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim().replaceAll(" ", "-");
}

/** Pages that people read to use or change the program; the records of decisions and the changelog are neither. */
export function pagePaths(): readonly string[] {
  const under = (folder: string) =>
    [...Deno.readDirSync(new URL(folder, ROOT))].map(({ name }) => folder + name)
      .filter((path) => path.endsWith(".md"));
  return [...under("./"), ...under("docs/"), ...under("docs/recipes/")]
    .map((path) => path.replace(/^\.\//, "")).filter((path) => path !== "CHANGELOG.md").toSorted();
}
