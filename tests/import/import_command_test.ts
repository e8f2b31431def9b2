import assert from "node:assert/strict";
import { join } from "node:path";
import { importConfig } from "../../lib/cli/import.ts";
import { envVariables } from "../../lib/import/env_lines.ts";

interface Desk extends AsyncDisposable {
  readonly directory: string;
  /** Imports a source from a file into `config.yaml`; the lines that are printed, and the exit status. */
  run(
    source: string,
    config?: string,
  ): Promise<{ readonly code: number; readonly lines: readonly string[] }>;
  read(name: string): Promise<string>;
}

async function makeDesk(): Promise<Desk> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-import-" });
  return {
    directory,
    async run(source, config = "config.yaml") {
      const file = join(directory, "source.yaml");
      await Deno.writeTextFile(file, source);
      const lines: string[] = [];
      const print = (line: string) => void lines.push(line);
      const args = { file, config: join(directory, config), from: undefined, env: () => undefined };
      const code = await importConfig(args, { out: print, err: print });
      return { code, lines };
    },
    read: (name) => Deno.readTextFile(join(directory, name)),
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

const SOURCE = `api-keys: [key-of-a-caller-0123456789]
claude-api-key: [{ api-key: "sk-a$b\\"c\\\\d\`0123456789", models: [{ name: m }] }]
`;

const isPosix = Deno.build.os !== "windows";

Deno.test("import writes a configuration and its keys for their owner's eyes alone", async () => {
  await using desk = await makeDesk();
  const { code, lines } = await desk.run(SOURCE);
  assert.equal(code, 0, lines.join("\n"));
  for (const name of ["config.yaml", ".env"]) {
    const { mode } = await Deno.stat(join(desk.directory, name));
    if (isPosix) assert.equal((mode ?? 0) & 0o777, 0o600, name);
  }
  const env = envVariables(await desk.read(".env"));
  assert.equal(env.get("CLAUDE_API_KEY"), 'sk-a$b"c\\d`0123456789');
  assert.equal(env.get("PROXY_KEY_1"), "key-of-a-caller-0123456789");
  assert.doesNotMatch(lines.join("\n"), /0123456789/);
});

Deno.test("import touches no configuration that is there, and writes no key then", async () => {
  await using desk = await makeDesk();
  await Deno.writeTextFile(join(desk.directory, "config.yaml"), "mine");
  const { code, lines } = await desk.run(SOURCE);
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /config\.yaml exists already and is left as it is/);
  assert.equal(await desk.read("config.yaml"), "mine");
  await assert.rejects(desk.read(".env"), Deno.errors.NotFound);
});

Deno.test(
  "import does not write through a link that leads nowhere",
  { ignore: !isPosix },
  async () => {
    await using desk = await makeDesk();
    await Deno.symlink(join(desk.directory, "elsewhere"), join(desk.directory, "config.yaml"));
    assert.equal((await desk.run(SOURCE)).code, 1);
    await assert.rejects(desk.read("elsewhere"), Deno.errors.NotFound);
  },
);

Deno.test("import adds to .env what is new, and changes nothing that stands there", async () => {
  await using desk = await makeDesk();
  const before = "# mine\nCLAUDE_API_KEY='another'\nPROXY_KEY_1=key-of-a-caller-0123456789";
  await Deno.writeTextFile(join(desk.directory, ".env"), before, { mode: 0o600 });
  assert.equal((await desk.run(SOURCE)).code, 0);
  const after = await desk.read(".env");
  assert.ok(after.startsWith(`${before}\n`));
  assert.deepEqual([...envVariables(after).keys()], [
    "CLAUDE_API_KEY",
    "PROXY_KEY_1",
    "CLAUDE_API_KEY_2",
  ]);
  assert.match(await desk.read("config.yaml"), /\$\{CLAUDE_API_KEY_2\}/);
});

Deno.test(
  "import puts no key into an .env that others may read",
  { ignore: !isPosix },
  async () => {
    await using desk = await makeDesk();
    await Deno.writeTextFile(join(desk.directory, ".env"), "", { mode: 0o644 });
    await Deno.chmod(join(desk.directory, ".env"), 0o644);
    const { code, lines } = await desk.run(SOURCE);
    assert.equal(code, 1);
    assert.match(lines.join("\n"), /\.env:1: the file may be read by others.*chmod 600/);
    await assert.rejects(desk.read("config.yaml"), Deno.errors.NotFound);
  },
);

Deno.test("import says of each file that it cannot read or write what is wrong with it", async () => {
  await using desk = await makeDesk();
  const said = async (source: string, config?: string) => {
    const { code, lines } = await desk.run(source, config);
    return `${code}: ${lines.join("\n")}`;
  };
  assert.match(await said(SOURCE, "nowhere/config.yaml"), /^1: Cannot write .*nowhere/);
  assert.match(await said("model_list: [", "a.yaml"), /^1: .*source\.yaml:1: not valid YAML/);
  assert.match(
    await said("x".repeat(11_000_000), "b.yaml"),
    /^1: .*is too large: at most 10 MiB are read/,
  );
  const lines: string[] = [];
  const output = { out: () => {}, err: (line: string) => void lines.push(line) };
  for (const file of [join(desk.directory, "gone"), desk.directory]) {
    await importConfig({ file, config: join(desk.directory, "c.yaml"), from: undefined }, output);
  }
  assert.match(lines[0] ?? "", /gone:1: the file does not exist\./);
  assert.match(lines[1] ?? "", /:1: the file is a directory, not a file\./);
});

Deno.test("import writes no configuration where the keys go", async () => {
  await using desk = await makeDesk();
  const { code, lines } = await desk.run(SOURCE, ".env");
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /\.env is where the keys go: name another file/);
  await assert.rejects(desk.read(".env"), Deno.errors.NotFound);
});

Deno.test("import asks no FIFO for its text", { ignore: !isPosix }, async () => {
  await using desk = await makeDesk();
  const file = join(desk.directory, "fifo");
  await new Deno.Command("mkfifo", { args: [file] }).output();
  const lines: string[] = [];
  const output = { out: () => {}, err: (line: string) => void lines.push(line) };
  const code = await importConfig(
    { file, config: join(desk.directory, "c.yaml"), from: undefined },
    output,
  );
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /is not a regular file; give it as - on stdin/);
});

Deno.test("import does not tell anybody to remove what is to be imported", async () => {
  await using desk = await makeDesk();
  const { code, lines } = await desk.run(SOURCE, "source.yaml");
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /source\.yaml is what is to be imported: name the file.*-config/);
  assert.equal(await desk.read("source.yaml"), SOURCE);
});
