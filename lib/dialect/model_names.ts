/** Under which names servers take a model, and where a request carries data that nobody takes one from. */

/** A model, or several, wherever they stand. */
const MODEL: ReadonlySet<string> = new Set(["model", "models"]);

/** Who answers in its place: LiteLLM's, OpenRouter's and Anthropic's parameters. */
const FALLBACKS: ReadonlySet<string> = new Set([
  "fallback",
  "fallbacks",
  "fallbackmodel",
  "fallbackmodels",
  "modelfallback",
  "modelfallbacks",
  "contextwindowfallbacks",
  "contentpolicyfallbacks",
]);

/** What else says it where a request says what it wants: the top of a body, a query, a form. */
const MODEL_AT_TOP: ReadonlySet<string> = new Set([
  "modelid",
  "modelids",
  "modelname",
  "modellist",
  "modelslug",
  "deployment",
  "deploymentid",
  "deploymentname",
  "engine",
  "engineid",
  "enginename",
]);

/** What names a model within an object that is one. */
const NAME_OF_ONE: ReadonlySet<string> = new Set(["id", "name", "slug", "modelid", "modelname"]);

/** All of them as they are once folded, the shortest first. */
export const NAMES_BY_LENGTH: readonly string[] = [...MODEL, ...FALLBACKS, ...MODEL_AT_TOP]
  .sort((a, b) => a.length - b.length);

/** What a name says, in whatever spelling. */
export type NameMeaning = "model" | "fallbacks" | "none";

/**
 * What a server takes a name for that is lenient about names: about case, as Go's JSON is (RFC 8259 leaves
 * it open; `ſ` is an s there), about `_` and `-`, about white space and brackets, as PHP and Rails are,
 * about wide letters, and about what follows a NUL.
 *
 * @param isTop whether it stands at the top of a body, in a query or in a form
 */
export function meaningOf(name: string, isTop: boolean): NameMeaning {
  const folded = foldedName(name);
  if (MODEL.has(folded) || (isTop && MODEL_AT_TOP.has(folded))) return "model";
  return FALLBACKS.has(folded) ? "fallbacks" : "none";
}

/** The same of a parameter of a query or form, which may be a path: `session[model]`, `models[]`, `a.model`. */
export function meaningOfParameter(name: string): NameMeaning {
  const meanings = [name, ...name.split(/[[\].]/)].map((each) => meaningOf(each, true));
  return meanings.find((meaning) => meaning !== "none") ?? "none";
}

/** Whether a member of an object that stands for a model says which. */
export function namesOne(key: string): boolean {
  return NAME_OF_ONE.has(foldedName(key));
}

function foldedName(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase();
  const [plain = ""] = name.split("\0", 1);
  return plain.normalize("NFKC").toUpperCase().toLowerCase().replace(/[^a-z0-9]/g, "");
}

const PLAIN = /^[a-z0-9]+$/i;

/** No name above is longer in any of its spellings, each letter written as `\uXXXX`. */
export const LONGEST_NAME_BYTES = 256;

/**
 * plain: as far as nothing else is known · conversation: what was said so far, tools' calls and results in
 * it · schema: tools and formats, with JSON schemas in them · opaque: data of somebody else's, in which
 * any name may stand.
 */
export type Region = "plain" | "conversation" | "schema" | "opaque";

const REGIONS: ReadonlyMap<string, Region> = new Map<string, Region>([
  ...each(["messages", "input", "contents", "prompt"], "conversation"),
  ...each(["tools", "functions", "response_format", "text", "format"], "schema"),
  ...each(["generationConfig", "generation_config", "output_config", "output_format"], "schema"),
]);

/** In JSON schema these hold names and values of the schema's author. https://json-schema.org/draft/2020-12 */
const SCHEMA_DATA: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
  "default",
  "const",
  "enum",
  "example",
  "examples",
  "input_examples", // Anthropic's, of a tool
]);

/** What a model wrote to a tool, or a tool answered, or the vendor noted of either. */
const CONVERSATION_DATA: ReadonlySet<string> = new Set([
  "input", // Anthropic's tool_use
  "arguments",
  "args", // Gemini's functionCall
  "response", // and functionResponse
  "output",
  "result",
  "results",
  "action", // OpenAI's shell calls, with an environment
  "attributes", // of a file that was found
  "variables", // of a stored prompt
  "from", // Anthropic's note of a fallback
  "to",
]);

/** The region of a member's value. Only the vendors' own spelling makes it opaque. */
export function regionBelow(key: string, region: Region): Region {
  if (region === "conversation" && CONVERSATION_DATA.has(key)) return "opaque";
  if (region !== "plain" && SCHEMA_DATA.has(key)) return "opaque";
  return region === "conversation" ? region : REGIONS.get(key) ?? region;
}

/** The keys that lead into another region. */
export const REGION_KEYS: readonly string[] = [
  ...REGIONS.keys(),
  ...SCHEMA_DATA,
  ...CONVERSATION_DATA,
];

/** A header that says a model, or who answers in its place. */
export function headerNamesModel(name: string): boolean {
  return /(?:^|[-_])(?:models?|fallbacks?)(?:[-_]|$)/i.test(name);
}

/** A gateway's whole routing in a header: nothing in it can be held to a list. */
export const ROUTING_HEADERS: ReadonlySet<string> = new Set(["x-portkey-config"]);

/** By these some servers take another method than the request line's. */
export const METHOD_HEADERS: ReadonlySet<string> = new Set([
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
]);

/** And by these another path. */
export const PATH_HEADERS: ReadonlySet<string> = new Set(["x-original-url", "x-rewrite-url"]);

function each(keys: readonly string[], region: Region): [string, Region][] {
  return keys.map((key) => [key, region]);
}
