import assert from "node:assert/strict";
import { imported, places, refusalOf } from "./imported.ts";

/** Each with how the only problem begins. */
const BROKEN: readonly (readonly [string, string, string])[] = [
  ["nothing", "", "source:1: the file is empty"],
  ["white space", " \n\t\n", "source:1: the file is empty"],
  ["a text", "hello", "source:1: this is none of the formats"],
  ["a list of texts", "- a\n- b\n", "source:1: this is none of the formats"],
  ["our own configuration", "backends: []\nmodels: {}\n", "source:1: this is none of the formats"],
  ["a NUL", "model_list:\n  - \0\n", "source:2: the control character U+0000"],
  ["an escape", "a: 1\nb: \x1b[31m\n", "source:2: the control character U+001B"],
  ["JSON that ends", '{\n  "Providers": [\n', "source:"],
  ["JSON without a comma", '{"a": 1\n"sk-secret-0123456789": 2}', "source:2: not valid JSON here"],
  ["YAML without an end", 'model_list: ["a\n', "source:1: not valid YAML"],
  ["a key of YAML twice", "model_list: []\nmodel_list: []\n", "source:2: the same key twice"],
  ["a key of JSON twice", '{"Providers": [],\n"Providers": []}', "source:2: the same key twice"],
  ["two documents", "model_list: []\n---\nmodel_list: []\n", "source:2: not valid YAML: a second"],
  ["a missing anchor", "model_list: *nowhere\n", "source:1: "],
  ["deep JSON", "[".repeat(100_000), "source:1: nested too deeply"],
  [
    "JSON 50 deep",
    `${"[".repeat(50)}${"]".repeat(50)}`,
    "source:1: nested more than 40 levels deep",
  ],
  [
    "deep YAML",
    `a: ${"[".repeat(50)}${"]".repeat(50)}`,
    "source:1: nested more than 40 levels deep",
  ],
  ["an anchor in itself", "a: &a [*a]\n", "source:1: "],
  ["no models", "model_list: []\n", "source:1: no model in it leads to a backend"],
  [
    "the wrong shapes",
    "model_list: {a: 1}\nrouter_settings: [1]\n",
    "source:1: no model in it leads",
  ],
  ["no channels", "[]", "source:1: this is none of the formats"],
];

for (const [what, source, begin] of BROKEN) {
  Deno.test(`import refuses ${what} with its line, and quotes none of it`, async () => {
    const problems = await refusalOf(source);
    assert.ok(problems[0]?.startsWith(begin), problems.join("\n"));
    assert.doesNotMatch(problems.join("\n"), /sk-secret/);
  });
}

Deno.test("import bounds what aliases of YAML repeat", async () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const inside = level === 0 ? '"x"' : Array(9).fill(`*a${level - 1}`).join(", ");
    return `a${level}: &a${level} [${inside}]`;
  });
  const [problem = ""] = await refusalOf(`${levels.join("\n")}\nmodel_list: []\n`);
  assert.match(problem, /^source:\d+: (?:more than 500000 values$|not valid YAML)/);
});

const PARAMS =
  "{ model: openai/x, api_base: 'https://x.example/v1', api_key: sk-0123456789abcdef }";

Deno.test("import takes names of every object's properties as names like any other, or says why not", async () => {
  const names = [
    "__proto__",
    "constructor",
    "hasOwnProperty",
    "toString",
    "valueOf",
    "<<",
    "",
    "a\u200bb",
  ];
  const list = names.map((name) =>
    `  - { model_name: ${JSON.stringify(name)}, litellm_params: ${PARAMS} }`
  );
  const result = await imported(`model_list:\n${list.join("\n")}\n`);
  assert.deepEqual([...result.snapshot.aliases.keys()], ["toString", "valueOf"]);
  assert.equal(places(result).filter((place) => place.includes("model_list[")).length, 6);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

Deno.test("import keeps what would break out of a line, a comment or a quotation where it is", async () => {
  const evil = 'x"\n# - }\nbackends: []\u2028\u202e${HOME} $${A} \\u0041';
  const source = JSON.stringify([{
    type: 1,
    name: evil,
    key: "sk-0123456789abcdef",
    models: "m",
    model_mapping: JSON.stringify({ m: evil }),
    remark: evil,
    [evil]: evil,
  }]);
  const { snapshot, text, notes } = await imported(source);
  assert.equal(snapshot.aliases.get("m")?.routes[0]?.model, evil);
  assert.equal(text.match(/^backends:/gm)?.length, 1);
  assert.ok(notes.every((note) => !/[\n\u2028\u202e]/.test(note)));
});

Deno.test("import writes no key of the source into the configuration or a line", async () => {
  const key = "plainKeyWithoutAnyShape99";
  const source = JSON.stringify({
    Providers: [{
      name: "p",
      api_base_url: "https://p.example/v1",
      api_key: key,
      models: ["m"],
      note: `mine: ${key}`,
    }],
    APIKEY: `${key}-of-callers`,
    innocent: key,
    Router: {},
  });
  const { text, notes, secrets } = await imported(source);
  assert.deepEqual([...secrets.values()].sort(), [key, `${key}-of-callers`]);
  assert.ok(!text.includes(key));
  assert.ok(!notes.join("\n").includes(key));
});

Deno.test("import does not let a caller's key open a backend, or stand there twice", async () => {
  const source = `api-keys: [sk-0123456789abcdef, other-0123456789, other-0123456789]
claude-api-key: [{ api-key: sk-0123456789abcdef, models: [{ name: m }] }]
`;
  const { snapshot, notes } = await imported(source);
  assert.deepEqual(snapshot.callers?.map(({ key }) => key), ["other-0123456789"]);
  assert.equal(notes.filter((note) => note.includes("api-keys[")).length, 2);
});

Deno.test("import names a secret so that neither the environment nor .env puts another in its place", async () => {
  const source = `claude-api-key: [{ api-key: sk-0123456789abcdef, models: [{ name: m }] }]\n`;
  const nameOf = async (given: Parameters<typeof imported>[1]) => {
    const { secrets, snapshot } = await imported(source, given);
    return [[...secrets.keys()], snapshot.backends.get("claude")?.keys];
  };
  const key = "sk-0123456789abcdef";
  assert.deepEqual(await nameOf({}), [["CLAUDE_API_KEY"], [key]]);
  assert.deepEqual(
    await nameOf({ env: (name) => name === "CLAUDE_API_KEY" ? "other" : undefined }),
    [
      ["CLAUDE_API_KEY_2"],
      [key],
    ],
  );
  const other = new Map([["CLAUDE_API_KEY", "other"], ["CLAUDE_API_KEY_2", "third"]]);
  assert.deepEqual(await nameOf({ envFile: other }), [["CLAUDE_API_KEY_3"], [key]]);
  assert.deepEqual(await nameOf({ envFile: new Map([["CLAUDE_API_KEY", key]]) }), [[], [key]]);
});

Deno.test("import bounds the names of backends and numbers those that are alike", async () => {
  const rows = ["", "constructor", "7", "x".repeat(500), "same", "same", "  /// "].map(
    (name, index) => {
      return { type: 1, name, key: `sk-0123456789abcde${index}`, models: "m" };
    },
  );
  const { snapshot } = await imported(JSON.stringify(rows));
  const names = [...snapshot.backends.keys()];
  assert.deepEqual(names.map((name) => name.slice(0, 60)), names);
  assert.deepEqual(names.slice(-3), ["same", "same-2", "backend"]);
});

Deno.test("import refuses what would be too large to be read again", async () => {
  const rows = Array.from({ length: 12_000 }, (_, index) => {
    return {
      type: 1,
      name: `c${index}`,
      key: "sk-0123456789abcdef",
      models: `model-${index}`,
    };
  });
  const [problem = ""] = await refusalOf(JSON.stringify(rows));
  assert.match(problem, /would have \d+ bytes, and at most 1048576 are read; import it in parts/);
});

Deno.test("import reads no more YAML than the parser can bear, and more JSON", async () => {
  const [problem = ""] = await refusalOf(`model_list: []\n${"# ".repeat(600_000)}`);
  assert.match(problem, /^source:1: too large: at most 1 MiB of YAML are read/);
  const rows = [{
    type: 1,
    name: "c",
    key: "sk-0123456789abcdef",
    models: "m",
    remark: "x".repeat(2_000_000),
  }];
  assert.equal((await imported(JSON.stringify(rows))).snapshot.aliases.size, 1);
});

Deno.test("import looks at a bounded number of fallbacks, and reads a bounded number of keys", async () => {
  const names = Array.from({ length: 700 }, (_, index) => `m${index}`);
  const models = names.map((name) => `  - { model_name: ${name}, litellm_params: ${PARAMS} }`);
  const fallbacks = names.map((name) => `    - ${name}: *all`);
  const { snapshot, notes } = await imported(`all: &all [${names.join(", ")}]
model_list:
${models.join("\n")}
router_settings:
  fallbacks:
${fallbacks.join("\n")}
`);
  assert.equal(snapshot.aliases.size, 700);
  assert.ok(notes.some((note) => note.includes("more than 5000 fallbacks are not looked at")));

  const rows = Array.from({ length: 1001 }, (_, index) => {
    return { type: 1, name: "c", key: `sk-0123456789abcdef${index}`, models: "m" };
  });
  const [problem = ""] = await refusalOf(JSON.stringify(rows));
  assert.match(problem, /^source:1: its keys, .* are more than 1000; import it in parts/);
});
