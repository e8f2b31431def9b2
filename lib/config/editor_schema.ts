/** The configuration's JSON Schema as editors need it: with a placeholder wherever a value may be one. */
import { configSchema } from "./schema.ts";

type Json = unknown;

/** What says of what kind a value is, and may be replaced as a whole by `${NAME}`. */
const KINDS: ReadonlySet<Json> = new Set(["number", "integer", "boolean"]);

const PLACEHOLDER = { type: "string", pattern: "\\$\\{" };

/** What tells of a value without binding it: it stands outside the choice. */
const ANNOTATIONS = ["description", "default"];

/**
 * What `checkShape` accepts, and for each number, boolean and choice of words a text with `${` in it too,
 * which no editor can replace. https://json-schema.org/draft/2020-12
 */
export function editorSchema(): unknown {
  return widened(configSchema());
}

function widened(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(widened);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.entries(schema).map(([key, value]): [string, Json] => [
    key,
    // Names of keys and plain values are no schemas.
    key === "properties" ? each(value) : HOLDERS.has(key) ? widened(value) : value,
  ]);
  const { type, enum: words, const: word } = schema as Record<string, Json>;
  if (!KINDS.has(type) && words === undefined && word === undefined) {
    return Object.fromEntries(inner);
  }
  const isNote = ([key]: [string, Json]) => ANNOTATIONS.includes(key);
  const bound = Object.fromEntries(inner.filter((entry) => !isNote(entry)));
  return { ...Object.fromEntries(inner.filter(isNote)), anyOf: [bound, PLACEHOLDER] };
}

/** Where further schemas stand. */
const HOLDERS: ReadonlySet<string> = new Set(["items", "anyOf", "additionalProperties"]);

function each(properties: Json): Json {
  return Object.fromEntries(
    Object.entries(properties as Record<string, Json>).map(([key, value]) => [key, widened(value)]),
  );
}

/** It as the text of a file. */
export function editorSchemaText(): string {
  return `${JSON.stringify(editorSchema(), null, 2)}\n`;
}
