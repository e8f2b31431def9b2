import assert from "node:assert/strict";
import { configSchema } from "../../lib/config/schema.ts";

interface SchemaNode {
  readonly path: string;
  readonly node: Readonly<Record<string, unknown>>;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every key that can be written, with its schema. */
function keysOf(schema: unknown, path = ""): readonly SchemaNode[] {
  if (Array.isArray(schema)) return schema.flatMap((member) => keysOf(member, path));
  if (!isObject(schema)) return [];
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  const inside = [schema.items, schema.anyOf, schema.additionalProperties];
  return [
    ...properties.flatMap(([key, node]) =>
      isObject(node) ? [{ path: `${path}.${key}`, node }, ...keysOf(node, `${path}.${key}`)] : []
    ),
    ...inside.flatMap((member) => keysOf(member, path)),
  ];
}

Deno.test("configSchema() describes every key", () => {
  const keys = keysOf(configSchema());
  assert.ok(keys.length > 40);
  for (const { path, node } of keys) assert.ok(node.description, path);
});

Deno.test("configSchema() gives the defaults, as people write them", () => {
  const defaults = new Map(keysOf(configSchema()).map(({ path, node }) => [path, node.default]));
  assert.equal(defaults.get(".listen"), ":8080");
  assert.equal(defaults.get(".fallback.max_cooldown_seconds"), 3600);
  assert.equal(defaults.get(".timeouts.idle_seconds"), 180);
  assert.equal(defaults.get(".models.priority"), 1);
  assert.equal(defaults.get(".models.balance"), "weighted");
  assert.equal(defaults.get(".fallback.deadline_seconds"), 240);
  assert.equal(defaults.get(".fallback.stored_ids_file"), "./logs/stored-ids.jsonl");
  assert.equal(defaults.get(".detection.mid_stream_error"), "abort");
  assert.deepEqual(defaults.get(".detection.error_codes"), [402, 408, 429, "5xx"]);
});

Deno.test("configSchema() requires backends and models only, and allows no other keys", () => {
  const schema = configSchema();
  assert.ok(isObject(schema));
  assert.deepEqual(schema.required, ["backends", "models"]);
  assert.equal(schema.additionalProperties, false);
  assert.match(String(schema.$schema), /2020-12/);
});

Deno.test("configSchema() is plain JSON", () => {
  const schema = configSchema();
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema);
});
