/** Under which names servers take a model, and where a request carries data that nobody takes one from. */

/**
 * What the name of a member or parameter has in it that says a model, or who answers in its place. Vendors
 * and gateways have too many to list (`analysis_models`, `context_window_fallback_dict`), and which
 * letters begin a word is lost to whoever takes a name in any case.
 */
const PARTS_OF_NAMES = ["model", "fallback"] as const;

/** What else says it where a request says what it wants: the top of a body, a query, a form. */
const MODEL_AT_TOP: ReadonlySet<string> = new Set([
  "deployment",
  "deploymentid",
  "deploymentname",
  "engine",
  "engineid",
  "enginename",
  "preset", // OpenRouter's stored choice of models
]);

/** By these, at the top, LiteLLM and others send the call to another server, or with another key. */
const SERVER_AT_TOP: ReadonlySet<string> = new Set([
  "apibase",
  "apihost",
  "apiurl",
  "baseurl",
  "customhost",
  "customllmprovider",
  "litellmcredentialname",
  "litellmparams",
  "targeturl",
  "userconfig",
]);

/** What a gateway runs along with the model. https://openrouter.ai/docs/guides/features/plugins */
const PLUGINS = "plugins";

/** What names a model, or a plugin, within an object that is one. */
const NAME_OF_ONE: ReadonlySet<string> = new Set(["id", "name", "slug", "type"]);

/** What every name that means something has in it, once folded; but for `type`, which is looked at apart. */
export const PARTS_OF_MEANT: readonly string[] = [
  ...PARTS_OF_NAMES,
  ...MODEL_AT_TOP,
  ...SERVER_AT_TOP,
  PLUGINS,
];

/**
 * What a name says, in whatever spelling. model: its value names models · server: it sends the call
 * elsewhere · plugins: a list of a gateway's · tool: the type of a tool, which may be a gateway's.
 */
export type NameMeaning = "model" | "server" | "plugins" | "tool" | "none";

/**
 * What a server takes a name for that is lenient about names: about case, as Go's JSON is (RFC 8259 leaves
 * it open; `ſ` is an s there), about `_` and `-`, about white space and brackets, as PHP and Rails are,
 * about wide letters, and about what follows a NUL.
 *
 * @param isTop whether it stands at the top of a body, in a query or in a form
 */
export function meaningOf(name: string, isTop: boolean): NameMeaning {
  const folded = foldedName(name);
  if (PARTS_OF_NAMES.some((part) => folded.includes(part))) return "model";
  if (folded === PLUGINS) return "plugins";
  if (folded === "type") return "tool";
  if (!isTop) return "none";
  if (MODEL_AT_TOP.has(folded)) return "model";
  return SERVER_AT_TOP.has(folded) ? "server" : "none";
}

/** The same of a parameter of a query or form, which may be a path: `session[model]`, `models[]`, `a.model`. */
export function meaningOfParameter(name: string): NameMeaning {
  const meanings = [name, ...name.split(/[[\].]/)].map((each) => meaningOf(each, true));
  return meanings.find((meaning) => meaning !== "none") ?? "none";
}

/** Whether a name says a model, or several, and nothing more: the keys of an object there may be models, too. */
export function isPlainlyModels(name: string): boolean {
  return /^(?:model|fallback)s?$/.test(foldedName(name));
}

/** Whether a member of an object that stands for a model or a plugin says which. */
export function namesOne(key: string): boolean {
  return NAME_OF_ONE.has(foldedName(key));
}

/** OpenRouter's plugins that ask no model, or the one that is named. */
const HARMLESS_PLUGINS: ReadonlySet<string> = new Set([
  "web",
  "fileparser",
  "responsehealing",
  "contextcompression",
]);

/** Whether a gateway's plugin asks no other model. Of one that is not known nobody can tell. */
export function isHarmlessPlugin(id: string): boolean {
  return HARMLESS_PLUGINS.has(foldedName(id));
}

/** Gateways' own tools that ask no model. https://openrouter.ai/docs/guides/features/server-tools */
const HARMLESS_TOOLS: ReadonlySet<string> = new Set([
  "applypatch",
  "bash",
  "datetime",
  "shell",
  "texteditor",
  "webfetch",
  "websearch",
]);

/** Whether a tool of that type asks no other model: a vendor's, the caller's, or a known one of a gateway's. */
export function isHarmlessTool(type: string): boolean {
  const [, tool] = /^[^:]*:(.*)$/s.exec(type) ?? [];
  return tool === undefined || HARMLESS_TOOLS.has(foldedName(tool));
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
  "configs", // Anthropic's, of an MCP server's tools, by their names
  "discriminator", // OpenAPI's, with a mapping of names
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

function each(keys: readonly string[], region: Region): [string, Region][] {
  return keys.map((key) => [key, region]);
}
