/** `init` as a friend: what it asks, what it writes, and what it leaves alone. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { CLIENTS } from "../../lib/cli/init/clients.ts";
import { PROVIDERS } from "../../lib/cli/init/providers.ts";
import { editorSchemaText } from "../../lib/config/editor_schema.ts";
import { loadConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import type { Snapshot } from "../../lib/config/snapshot.ts";
import { type Desk, LEAVES, makeDesk, type Replies } from "./init_person.ts";

const KEY = "sk-canary-0123456789abcdef";
const PROVIDER = /Numbers or names, such as/;
const CLIENT = /Numbers or names:/;
const onPosix = { ignore: Deno.build.os === "windows" };

const choosing = (providers: string, clients: string, ...more: Replies): Replies => [
  [PROVIDER, providers],
  [CLIENT, clients],
  [/resource's name/, "my-resource"],
  [/base URL/, "https://api.example.com/v1"],
  [/base URL/, "https://other.example.com/v1"],
  ...more,
];

/** As `check` sees what was written, with `.env` beside it. */
async function snapshotOf({ config }: Desk): Promise<Snapshot> {
  const loaded = await loadConfig(config, { revision: 1, env: () => undefined });
  if (!loaded.ok) assert.fail(loaded.problems.map(formatProblem).join("\n"));
  return loaded.snapshot;
}

const routesOf = ({ aliases }: Snapshot, name: string) =>
  aliases.get(name)?.routes.map(({ backend, model, priority }) =>
    `${priority} ${backend.name} ${model}`
  );

for (const [index, { name, keyless, variable }] of PROVIDERS.entries()) {
  for (const key of [KEY, ""]) {
    Deno.test(`init writes for ${name}, ${key === "" ? "without" : "with"} a key, what check calls valid`, async () => {
      await using desk = await makeDesk();
      const talk = await desk.talk(choosing(String(index + 1), "SDK", [/Its key/, key]));
      assert.equal(talk.code, 0, talk.shown);
      const { backends, aliases, warnings, listen } = await snapshotOf(desk);
      assert.ok(aliases.size > 0);
      assert.equal(listen.hostname, "127.0.0.1");
      for (const backend of backends.values()) {
        assert.equal(backend.auth, key === "" && keyless ? "passthrough" : "inject");
        if (key !== "") assert.deepEqual(backend.keys, [KEY]);
      }
      const isMissing = key === "" && !keyless;
      assert.equal(warnings.length > 0, isMissing, warnings.join("\n"));
      if (isMissing) {
        assert.match(warnings.join(), /api_key: looks like the example of a key/);
        assert.match(await desk.read(".env"), new RegExp(`^# ${variable}=`, "m"));
      }
    });
  }
}

for (const { name, formats } of CLIENTS) {
  Deno.test(`init writes what ${name} asks for, and the lines that point it here`, async () => {
    await using desk = await makeDesk();
    const talk = await desk.talk(choosing("1, 2, 3", name, [/Its key/, KEY]));
    assert.equal(talk.code, 0, talk.shown);
    const { aliases } = await snapshotOf(desk);
    const expected = {
      chat: ["gpt"],
      responses: ["gpt"],
      messages: [
        "claude-opus-5-5",
        "claude-sonnet-5-5",
        "claude-haiku-5-5",
        "claude-haiku-4-5-20251001",
      ],
      gemini: ["gemini"],
    };
    const needed = new Set(formats.flatMap((format) => expected[format]));
    assert.deepEqual([...aliases.keys()].sort(), [...needed].sort());
    const [, lines = ""] = talk.shown.split(/Run with: .*\n/);
    assert.match(lines, new RegExp(`^\\n?${name}:\\n  \\S`));
    assert.match(talk.shown, /Test with: {2}llm-proxy check -live/);
  });
}

Deno.test("init puts the providers in the order in which they were named", async () => {
  await using desk = await makeDesk();
  await desk.talk(choosing("openrouter, openai, deepseek", "opencode; claude"));
  const snapshot = await snapshotOf(desk);
  assert.deepEqual(routesOf(snapshot, "gpt"), [
    "1 openrouter openai/gpt-5.5",
    "2 openai gpt-5.5",
    "3 deepseek deepseek-v4-pro",
  ]);
  assert.deepEqual(routesOf(snapshot, "claude-haiku-5-5"), [
    "1 openrouter anthropic/claude-haiku-4.5",
    "2 deepseek-anthropic deepseek-v4-flash",
  ]);
});

Deno.test("init gives Codex an alias of its own where a backend only chats", async () => {
  await using desk = await makeDesk();
  const { shown } = await desk.talk(choosing("1 4", "codex, cline"));
  const snapshot = await snapshotOf(desk);
  assert.deepEqual(routesOf(snapshot, "gpt"), ["1 openai gpt-5.5", "2 deepseek deepseek-v4-pro"]);
  assert.deepEqual(routesOf(snapshot, "gpt-responses"), ["1 openai gpt-5.5"]);
  assert.match(shown, /model = "gpt-responses"/);
});

Deno.test("init says for whom nothing answers, and writes what can be called at all", async () => {
  await using desk = await makeDesk();
  const { shown } = await desk.talk(choosing("anthropic", "Codex"));
  assert.match(shown, /Nothing for Codex: none of these providers speaks its format/);
  assert.ok((await snapshotOf(desk)).aliases.has("claude-opus-5-5"));
});

Deno.test("init takes two resellers, each with a key and an address of its own", async () => {
  await using desk = await makeDesk();
  const keys: Replies = [[/Its key/, `${KEY}-1`], [/Its key/, `${KEY}-2`]];
  await desk.talk(choosing("13, 13", "claude code", ...keys));
  const { backends } = await snapshotOf(desk);
  assert.deepEqual(
    [...backends.values()].map(({ name, origin, keys }) => [name, origin, ...keys]),
    [
      ["reseller", "https://api.example.com", `${KEY}-1`],
      ["reseller-2", "https://other.example.com", `${KEY}-2`],
    ],
  );
  assert.match(await desk.read(".env"), /^RESELLER_2_API_KEY='/m);
});

Deno.test("init asks again for what it cannot take", async () => {
  await using desk = await makeDesk();
  const talk = await desk.talk([
    [PROVIDER, ""],
    [PROVIDER, "0, 99, nothing"],
    [PROVIDER, "o"],
    [PROVIDER, "13"],
    [CLIENT, "SDK"],
    [/base URL/, ""],
    [/base URL/, "api.example.com"],
    [/base URL/, "https://api.example.com/v1"],
    [/name for its main model/, 'odd "name" ${HOME} #1'],
    [/Its key/, "two words"],
    [/Its key/, "it's"],
    [/Its key/, KEY],
  ]);
  assert.equal(talk.code, 0, talk.shown);
  assert.match(talk.shown, /Not one of them: 0, 99, nothing\./);
  const snapshot = await snapshotOf(desk);
  assert.deepEqual(routesOf(snapshot, "gemini"), ["1 reseller gemini-2.5-pro"]);
  assert.deepEqual(routesOf(snapshot, "gpt"), ['1 reseller odd "name" ${HOME} #1']);
  assert.deepEqual(snapshot.backends.get("reseller")?.keys, [KEY]);
});

Deno.test("init shows no key, and writes it into .env alone, for its owner", async () => {
  await using desk = await makeDesk();
  const talk = await desk.talk(choosing("1", "SDK", [/Its key/, KEY]));
  assert.equal(talk.secret.length, 1);
  assert.ok(!talk.shown.includes(KEY));
  assert.ok(!(await desk.read("config.yaml")).includes(KEY));
  assert.equal(await desk.read(".env"), `OPENAI_API_KEY='${KEY}'\n`);
  for (const file of [desk.config, desk.env]) {
    const { mode } = await Deno.stat(file);
    if (mode !== null && Deno.build.os !== "windows") assert.equal(mode & 0o777, 0o600);
  }
});

Deno.test("init asks for no key that is there, in the environment or in .env", async () => {
  await using desk = await makeDesk();
  await Deno.writeTextFile(desk.env, "DEEPSEEK_API_KEY=mine # not yours", { mode: 0o600 });
  const replies = choosing("1, 4, 8", "SDK", [/Its key/, KEY]);
  const talk = await desk.talk(replies, { env: { OPENAI_API_KEY: "sk-outside" } });
  assert.equal(talk.code, 0, talk.shown);
  assert.equal(talk.secret.length, 1);
  const expected = `DEEPSEEK_API_KEY=mine # not yours\nOPENROUTER_API_KEY='${KEY}'\n`;
  assert.equal(await desk.read(".env"), expected);
});

for (
  const [where, at] of [["at first", PROVIDER], ["at a key", /Its key/], [
    "at last",
    CLIENT,
  ]] as const
) {
  Deno.test(`init leaves everything as it was when the person goes ${where}`, async () => {
    await using desk = await makeDesk();
    await Deno.writeTextFile(desk.env, "A=1", { mode: 0o600 });
    const others = choosing("1", "SDK").filter(([part]) => part !== at);
    const talk = await desk.talk([[at, LEAVES], ...others]);
    assert.equal(talk.code, 1);
    assert.match(talk.shown, /Nothing was written/);
    assert.deepEqual(await desk.files(), [".env"]);
    assert.equal(await desk.read(".env"), "A=1");
  });
}

Deno.test("init writes the schema that the first line names, and keeps one that is there", async () => {
  await using desk = await makeDesk();
  await desk.talk(choosing("1", "SDK", [/Its key/, KEY]));
  const [first] = (await desk.read("config.yaml")).split("\n");
  assert.equal(first, "# yaml-language-server: $schema=./config.schema.json");
  assert.equal(await desk.read("config.schema.json"), editorSchemaText());
  await Deno.remove(desk.config);
  await Deno.writeTextFile(join(desk.directory, "config.schema.json"), "{}");
  assert.equal((await desk.talk(choosing("1", "SDK"))).code, 0);
  assert.equal(await desk.read("config.schema.json"), "{}");
});

Deno.test("init asks nothing where there is a configuration, be it a link to nowhere", async () => {
  await using desk = await makeDesk();
  await Deno.writeTextFile(desk.config, "precious");
  const talk = await desk.talk([]);
  assert.equal(talk.code, 1);
  assert.match(talk.shown, /exists already and is left as it is/);
  assert.equal(await desk.read("config.yaml"), "precious");
  if (Deno.build.os === "windows") return;
  await Deno.remove(desk.config);
  await Deno.symlink("nowhere", desk.config);
  assert.equal((await desk.talk([])).code, 1);
  assert.deepEqual(await desk.files(), ["config.yaml"]);
});

const UNFIT: Readonly<Record<string, readonly [make: (path: string) => unknown, said: RegExp]>> = {
  "that others may read": [
    async (path) => {
      await Deno.writeTextFile(path, "A=1\n");
      await Deno.chmod(path, 0o644);
    },
    /run: chmod 600/,
  ],
  "with a line that means nothing": [
    (path) => Deno.writeTextFile(path, "A=1\nno\n", { mode: 0o600 }),
    /\.env:2:1: this line is no NAME=value/,
  ],
  "that is a directory": [(path) => Deno.mkdir(path), /is a directory/],
};

for (const [name, [make, said]] of Object.entries(UNFIT)) {
  Deno.test(
    `init puts no key into a .env ${name}, and asks nothing before it is mended`,
    onPosix,
    async () => {
      await using desk = await makeDesk();
      await make(desk.env);
      const talk = await desk.talk([]);
      assert.equal(talk.code, 1);
      assert.match(talk.shown, said);
      assert.doesNotMatch(talk.shown, /Which providers/);
      assert.deepEqual(await desk.files(), [".env"]);
    },
  );
}

Deno.test("init takes its keys back where the configuration cannot be written", async () => {
  await using desk = await makeDesk();
  await Deno.writeTextFile(desk.env, "A=1", { mode: 0o600 });
  // It comes while the person is thinking.
  const replies = choosing("1", "SDK", [/Its key/, KEY]);
  const talking = desk.talk(replies);
  await Deno.mkdir(desk.config).catch(() => {});
  const talk = await talking;
  assert.equal(talk.code, 1, talk.shown);
  assert.equal(await desk.read(".env"), "A=1");
});

Deno.test("init names a directory that is not there before it asks", async () => {
  await using desk = await makeDesk();
  const { init } = await import("../../lib/cli/init.ts");
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const never = () => Promise.reject(new Error("it was asked"));
  const dialogue = { say, ask: never, askSecret: never };
  const config = join(desk.directory, "gone", "config.yaml");
  assert.equal(await init({ config, dialogue }, { out: say, err: say }), 1);
  assert.match(lines.join(), /there is no directory/);
});

const WANTED = /Test it now/;

for (const [answer, tested] of [["y", 1], ["Yes", 1], ["", 0], ["n", 0], [LEAVES, 0]] as const) {
  Deno.test(`init tests what it wrote ${tested} times where "${answer}" is answered, and is well either way`, async () => {
    await using desk = await makeDesk();
    const tests: string[] = [];
    const test = (file: string) => Promise.resolve(tests.push(file));
    const talk = await desk.talk(choosing("2", "SDK", [/Its key/, KEY], [WANTED, answer]), {
      test,
    });
    assert.deepEqual(tests, Array(tested).fill(desk.config));
    assert.equal(talk.code, 0);
    assert.doesNotMatch(talk.shown, /Nothing was written/);
    assert.ok((await desk.files()).includes("config.yaml"));
  });
}

Deno.test("init takes no address of one endpoint for a base URL, and says what to leave out", async () => {
  await using desk = await makeDesk();
  const talk = await desk.talk([
    [PROVIDER, "reseller"],
    [CLIENT, "SDK"],
    [/base URL/, "https://api.example.com/v1/chat/completions"],
    [/base URL/, "https://api.example.com/v1"],
  ]);
  assert.equal(talk.code, 0, talk.shown);
  assert.match(
    talk.shown,
    /ends with \/chat\/completions, which each request adds itself: leave it out/,
  );
  const [backend] = (await snapshotOf(desk)).backends.values();
  assert.equal(backend?.basePath, "/v1");
});

const FORMATS = /The formats it speaks/;

for (
  const [answer, dialects, aliases] of [
    ["chat", ["openai"], ["gpt"]],
    ["openai, codex", ["openai"], ["gpt"]],
    ["messages", ["anthropic"], [
      "claude-haiku-4-5-20251001",
      "claude-haiku-5-5",
      "claude-opus-5-5",
      "claude-sonnet-5-5",
    ]],
    ["gemini, chat", ["gemini", "openai"], ["gemini", "gpt"]],
  ] as const
) {
  Deno.test(`init lets a reseller that speaks ${answer} be called in nothing else`, async () => {
    await using desk = await makeDesk();
    const talk = await desk.talk(choosing("reseller", "SDK", [FORMATS, answer], [/Its key/, KEY]));
    assert.equal(talk.code, 0, talk.shown);
    const snapshot = await snapshotOf(desk);
    const [backend] = snapshot.backends.values();
    assert.deepEqual([...backend?.dialects ?? []].sort(), dialects);
    assert.deepEqual([...snapshot.aliases.keys()].sort(), aliases);
  });
}

Deno.test("init asks again for formats that there are not, and takes Enter for all", async () => {
  await using desk = await makeDesk();
  const talk = await desk.talk(choosing("reseller", "SDK", [FORMATS, "soap"], [/Its key/, KEY]));
  assert.match(talk.shown, /Not one of them: soap\./);
  const [backend] = (await snapshotOf(desk)).backends.values();
  assert.equal(backend?.dialects, undefined);
});
