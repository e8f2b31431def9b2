/** Writes docs/configuration.md and config.schema.json from the configuration's schema: `deno task docs`. */
import { editorSchemaText } from "../lib/config/editor_schema.ts";
import { configSchema } from "../lib/config/schema.ts";

/** What of JSON Schema the configuration uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
}

const INTRODUCTION = `# Configuration

Every key, from the schema the program itself checks with (\`llm-proxy schema\` prints it for editors, and
[config.schema.json](../config.schema.json) holds it). A commented file to
start from: [config.example.yaml](../config.example.yaml), which \`llm-proxy init\` writes.

- Unknown keys are errors, and so are references to what does not exist; all errors are reported at once, each with
  \`file:line:column\`. The one exception is in [decisions/0001](decisions/0001-dangling-fallback-route.md).
- In any value, in quotes or not, \`\${NAME}\` and \`\${NAME:-default}\` are replaced from the environment, or from
  [\`.env\` beside the configuration](operations.md#keys-in-env) where the environment has no such variable, and \`\${file:PATH}\`
  from a file, which is watched like the configuration itself; \`$\${\` is a literal \`\${\`. A variable that is not set is an
  error. Where a number, or true or false, is wanted, what came in its place is read as one: \`"\${RETRIES:-2}"\`. Keys of
  mappings, such as an alias's name, stay as they are.
- Spans are in seconds, fractions allowed. Relative paths start at the configuration file; \`~\` and \`~/…\` are the home
  directory. No two keys may lead to one file, unless both only read it.
- A saved change takes effect with the next request; a change of \`listen\`, \`tls\`, \`admin.listen\`, \`history.file\` or \`workers\` needs a restart.
- A request's path is appended to a backend's \`url\`; where the path starts with the segments with which the URL ends, they
  count once: \`https://h/v1\` with \`/v1/messages\` and with \`/messages\` both give \`https://h/v1/messages\`. A URL
  that ends with a version (\`/api/paas/v4\`, \`/v1beta/openai\`) takes the place of the path's \`/v1\`. With
  \`auth: inject\` a path that climbs out of the \`url\` (\`/v1/../admin\`) is answered 400.

| key | default | what it does |
| --- | --- | --- |
`;

/** The page's text. */
export function configurationPage(): string {
  const rows = [...rowsOf("", configSchema() as Schema)];
  return INTRODUCTION + rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function* rowsOf(path: string, schema: Schema): Iterable<readonly string[]> {
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    const at = path === "" ? key : `${path}.${key}`;
    yield row(at, value, schema.required?.includes(key) ?? false);
    yield* below(at, value);
  }
}

function* below(path: string, schema: Schema): Iterable<readonly string[]> {
  yield* rowsOf(path, schema);
  if (schema.items !== undefined) yield* below(`${path}[]`, schema.items);
  if (typeof schema.additionalProperties === "object") {
    yield* below(`${path}.ALIAS`, schema.additionalProperties);
  }
  for (const choice of schema.anyOf ?? []) yield* below(path, choice);
}

function row(path: string, schema: Schema, required: boolean): readonly string[] {
  const words = schema.enum === undefined ? "" : ` One of ${schema.enum.join(", ")}.`;
  return [`\`${path}\``, defaultOf(schema, required), `${schema.description ?? ""}${words}`];
}

function defaultOf({ default: value }: Schema, required: boolean): string {
  if (required) return "**required**";
  if (value === undefined || (typeof value === "object" && !Array.isArray(value))) return "";
  return `\`${JSON.stringify(value)}\``;
}

if (import.meta.main) {
  await Deno.writeTextFile(new URL("configuration.md", import.meta.url), configurationPage());
  await Deno.writeTextFile(new URL("../config.schema.json", import.meta.url), editorSchemaText());
}
