import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { editorSchema, editorSchemaText } from "../../lib/config/editor_schema.ts";
import { SEED_YAML } from "../seed_example.ts";

const ROOT = new URL("../../", import.meta.url);

/** What is wrong with a configuration, as an editor finds it. */
function faultsOf(yaml: string): readonly string[] {
  const validate = new Ajv2020({ allErrors: true, strict: false })
    .compile(editorSchema() as Record<string, unknown>);
  validate(parse(yaml, { schema: "core" }));
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

Deno.test("config.schema.json is what the program prints (deno task docs writes it)", async () => {
  const file = await Deno.readTextFile(new URL("config.schema.json", ROOT));
  assert.equal(file, editorSchemaText());
});

Deno.test("config.example.yaml names its schema in the first line, and is valid by it", async () => {
  const text = await Deno.readTextFile(new URL("config.example.yaml", ROOT));
  const [first] = text.split("\n");
  assert.equal(first, "# yaml-language-server: $schema=./config.schema.json");
  assert.deepEqual(faultsOf(text), []);
});

Deno.test("every key that the example only shows is valid by the schema, too", async () => {
  const text = await Deno.readTextFile(new URL("config.example.yaml", ROOT));
  // A comment that is a line of configuration, less what is said behind it.
  const shown = text.split("\n").flatMap((line) => {
    const [, key = "", value] = /^# ([a-z_]+): ([^#]+?)(?:\s+#.*)?$/.exec(line) ?? [];
    return value === undefined ? [] : [`${key}: ${value}`];
  });
  assert.ok(shown.length >= 3, shown.join("\n"));
  for (const line of shown) {
    const minimal =
      "backends: [{ name: a, url: 'https://a.example' }]\nmodels: { m: [{ backend: a, model: x }] }\n";
    assert.deepEqual(faultsOf(minimal + line), [], line);
  }
});

Deno.test("the first README's example is valid by the schema", () => {
  assert.deepEqual(faultsOf(SEED_YAML), []);
});

const MINIMAL =
  'backends: [{ name: a, url: "https://a.example" }]\nmodels: { m: [{ backend: a, model: x }] }\n';

const WRONG: Readonly<Record<string, string>> = {
  "an unknown key": "lsiten: x\n",
  "a word for a number": "limits: { drain_seconds: soon }\n",
  "a word that is none of a list": "logging: { level: loud }\n",
  "a number out of bounds": "fallback: { max_retries: -1 }\n",
};

for (const [name, yaml] of Object.entries(WRONG)) {
  Deno.test(`the schema finds ${name}`, () => assert.notDeepEqual(faultsOf(MINIMAL + yaml), []));
}

Deno.test("the schema takes a placeholder for a number, a flag and a word of a list", () => {
  const yaml = `${MINIMAL}fallback: { max_retries: "\${RETRIES:-2}" }
logging: { redact: "\${REDACT}", level: "\${LEVEL:-info}" }
workers: "\${WORKERS}"
detection: { error_codes: ["\${CODE}", 500] }
`;
  assert.deepEqual(faultsOf(yaml), []);
});
