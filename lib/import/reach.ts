/** What an imported configuration does otherwise than its source by what it is: formats, and paths. */
import { nameInLine } from "../config/problem.ts";
import type { ImportedBackend, ImportedConfig } from "./model.ts";
import type { Notes } from "./notes.ts";

interface Reach {
  readonly line: number;
  readonly config: ImportedConfig;
  /** The program whose configuration it was. */
  readonly program: string;
}

/** Notes which calls reach what, and where a client's `/v1` may be one too many. */
export function noteReach(notes: Notes, { line, config, program }: Reach): void {
  if (config.aliases.length === 0) return;
  const why =
    `formats are not translated here, as ${program} does it: a client reaches the models below the format ` +
    `that it speaks (${
      reached(config).join("; ")
    }). Many providers have an address for another format too: add it ` +
    "as a backend";
  notes.addAt({ line, path: "formats", shown: "", why });
  const bare = config.backends.filter(isBare).map(({ name }) => name);
  if (bare.length === 0) return;
  notes.addAt({ line, path: "paths", shown: "", why: `${BARE} (${listed(bare)})` });
}

/** In the source the path of a call is fixed; here it is the client's. */
const BARE =
  "these backends' addresses name no version, so that the /v1 with which most clients begin is part of the path " +
  "there; where the provider has none, give the client a base URL without /v1";

/** Callers of OpenAI's format alone begin with a version, or do not. */
function isBare({ url, dialects }: ImportedBackend): boolean {
  if (!dialects.includes("openai") || url.kind !== "written" || url.text.includes("${")) {
    return false;
  }
  return !/\/(?:v\d+|openai)$/.test(url.text);
}

function reached({ aliases, backends }: ImportedConfig): readonly string[] {
  const dialects = new Map(backends.map((backend) => [backend.name, backend.dialects]));
  return (["openai", "anthropic", "gemini"] as const).flatMap((dialect) => {
    const names = aliases.filter(({ routes }) => {
      return routes.some(({ backend }) => dialects.get(backend)?.includes(dialect));
    }).map(({ name }) => name);
    return names.length === 0 ? [] : [`${dialect}: ${listed(names)}`];
  });
}

const MOST_LISTED = 12;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_LISTED).map(nameInLine).join(", ");
  return names.length > MOST_LISTED ? `${shown} and ${names.length - MOST_LISTED} more` : shown;
}
