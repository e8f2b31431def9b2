/** `llm-proxy service`: the files that make the program a service, and that other programs can read them. */
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { service, type ServiceKind } from "../../lib/cli/service.ts";
import { ownCommand } from "../../lib/system/own_command.ts";
import { runProgram } from "../blackbox/program.ts";
import settings from "../../deno.json" with { type: "json" };

const CONFIG = `listen: "127.0.0.1:0"
admin: { listen: "" }
backends: [{ name: any, url: "http://127.0.0.1:9" }]
models: { m: [{ backend: any, model: m }] }
`;

const NAMES = {
  systemd: "llm-proxy.service",
  launchd: "llm-proxy.plist",
  windows: "llm-proxy.task.xml",
} as const;

/** A folder with a configuration in it, and the command run there. */
async function startFolder({ name = "here", config = CONFIG } = {}) {
  // Not below /tmp itself: what is there has rules of its own.
  const root = await Deno.makeTempDir({ prefix: "llm-proxy-service-" });
  const directory = join(root, name);
  await Deno.mkdir(directory);
  const file = join(directory, "config.yaml");
  await Deno.writeTextFile(file, config);
  return {
    directory,
    file,
    async make(
      kind: ServiceKind,
      { env = {}, program = ownCommand(settings.unstable) }: Making = {},
    ) {
      const out: string[] = [];
      const err: string[] = [];
      const to = {
        out: (line: string) => void out.push(line),
        err: (line: string) => void err.push(line),
      };
      const options = { config: file, unstable: [], into: directory, program };
      const code = await service(kind, { ...options, env: (name) => env[name] }, to);
      return { code, out: out.join("\n"), err: err.join("\n") };
    },
    async read(kind: ServiceKind) {
      const bytes = await Deno.readFile(join(directory, NAMES[kind]));
      return new TextDecoder(kind === "windows" ? "utf-16le" : "utf-8").decode(bytes);
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

interface Making {
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: readonly string[];
}

/** The value of a setting of a unit. */
function valueOf(unit: string, key: string): string {
  return new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? assert.fail(`no ${key}`);
}

/** Words as systemd.service(5) and systemd.syntax(7) take a line apart. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)];
  return words.map(([, quoted, plain]) => {
    const text = quoted === undefined ? plain ?? "" : quoted.replace(/\\(.)/g, "$1");
    return text.replaceAll("%%", "%");
  });
}

function commandOf(unit: string): string[] {
  const [executable = "", ...args] = wordsOf(valueOf(unit, "ExecStart"));
  return [executable, ...args.map((word) => word.replaceAll("$$", "$"))];
}

const ODD = "a b%n 'c' \"d\" $HOME ü 中 \\x {e} &<f>";

Deno.test("service systemd writes a unit that runs the program with its absolute paths", async () => {
  await using folder = await startFolder();
  const { code, out } = await folder.make("systemd");
  assert.equal(code, 0);
  const unit = await folder.read("systemd");
  assert.deepEqual(commandOf(unit), [...ownCommand(settings.unstable), "-config", folder.file]);
  assert.equal(valueOf(unit, "WorkingDirectory"), folder.directory);
  assert.equal(valueOf(unit, "ReadWritePaths"), join(folder.directory, "logs"));
  assert.match(out, /^Wrote .*llm-proxy\.service\. It starts nothing; to have it run:\n\n/);
  assert.match(
    out,
    /mkdir -p -m 700 '.*\/logs'\n.*\n.*daemon-reload\n.*enable --now llm-proxy\.service/,
  );
});

Deno.test("service systemd hardens, but for what V8 needs", async () => {
  await using folder = await startFolder();
  await folder.make("systemd");
  const unit = await folder.read("systemd");
  for (
    const line of [
      "NoNewPrivileges=yes",
      "ProtectSystem=strict",
      "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
      "LockPersonality=yes",
      "CapabilityBoundingSet=",
      "Restart=on-failure",
      "ExecReload=/bin/kill -HUP $MAINPID",
      "LimitNOFILE=65536",
    ]
  ) assert.ok(unit.split("\n").includes(line), line);
  assert.doesNotMatch(unit, /^MemoryDenyWriteExecute/m);
});

Deno.test("service systemd gives a stop more time than the drain has", async () => {
  await using folder = await startFolder({ config: `${CONFIG}limits: { drain_seconds: 95.5 }\n` });
  await folder.make("systemd");
  assert.equal(valueOf(await folder.read("systemd"), "TimeoutStopSec"), "106");
  await folder.make("launchd");
  assert.match(await folder.read("launchd"), /<key>ExitTimeOut<\/key>\s*<integer>106</);
});

Deno.test("service systemd lets the program write where the configuration says, and nowhere else", async () => {
  const config =
    `${CONFIG}logging: { request_dir: "/srv/r/requests", error_dir: "", general_file: "" }
history: { file: "/srv/r/history.db" }
fallback: { stored_ids_file: "/var/lib/x y/ids.jsonl" }
`;
  await using folder = await startFolder({ config });
  await folder.make("systemd");
  const paths = wordsOf(valueOf(await folder.read("systemd"), "ReadWritePaths"));
  assert.deepEqual(paths, ["/srv/r", "/var/lib/x y"]);
});

Deno.test("service systemd hides homes and /tmp where nothing of the program is there", async () => {
  await using folder = await startFolder();
  for (
    const [executable, home] of [["/opt/llm-proxy", "yes"], ["/home/me/llm-proxy", "read-only"]]
  ) {
    await folder.make("systemd", { program: [executable ?? ""] });
    const unit = await folder.read("systemd");
    assert.match(unit, new RegExp(`^ProtectHome=${home}$`, "m"));
    assert.equal(/^PrivateTmp=yes$/m.test(unit), !folder.directory.startsWith("/tmp/"));
    await Deno.remove(join(folder.directory, NAMES.systemd));
  }
});

Deno.test("service systemd leaves the right to take a low port where one is configured", async () => {
  await using folder = await startFolder({
    config: CONFIG.replace("127.0.0.1:0", "127.0.0.1:443"),
  });
  await folder.make("systemd");
  const unit = await folder.read("systemd");
  assert.equal(valueOf(unit, "CapabilityBoundingSet"), "CAP_NET_BIND_SERVICE");
  assert.equal(valueOf(unit, "AmbientCapabilities"), "CAP_NET_BIND_SERVICE");
});

const analyze = await hasAnalyze();
if (!analyze) {
  // deno-lint-ignore no-console
  console.warn("skipped: systemd-analyze verify (apt-get install systemd brings it)");
}

async function hasAnalyze(): Promise<boolean> {
  try {
    return (await new Deno.Command("systemd-analyze", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

for (const name of ["here", ODD]) {
  Deno.test({
    name: `service systemd is found right by systemd-analyze verify in a folder called ${name}`,
    ignore: !analyze,
    async fn() {
      await using folder = await startFolder({ name });
      // Of these systemd takes none in the path of an executable, whatever stands around them.
      const bin = join(folder.directory, "..", name.replace(/["'\\]/g, ""));
      await Deno.mkdir(bin, { recursive: true });
      const executable = join(bin, "llm-proxy");
      await Deno.writeTextFile(executable, "#!/bin/sh\n", { mode: 0o755 });
      const made = await folder.make("systemd", { program: [executable] });
      assert.equal(made.code, 0, made.err);
      const { success, stderr } = await new Deno.Command("systemd-analyze", {
        args: ["verify", `./${NAMES.systemd}`],
        cwd: folder.directory,
      }).output();
      assert.equal(new TextDecoder().decode(stderr), "");
      assert.ok(success);
    },
  });
}

Deno.test({
  name:
    "service systemd writes a command line that answers requests, whatever the folder is called",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await startFolder({ name: ODD });
    await folder.make("systemd");
    const unit = await folder.read("systemd");
    const [executable = "", ...args] = commandOf(unit);
    const cwd = valueOf(unit, "WorkingDirectory").replaceAll("%%", "%");
    const child = new Deno.Command(executable, { args, cwd, stdout: "piped", stderr: "null" })
      .spawn();
    const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await lines.read();
    const url = /^llm-proxy listening on (http:\S+)\n/.exec(value)?.[1] ?? assert.fail(value);
    assert.equal(await (await fetch(`${url}/health`)).text(), "ok");
    child.kill("SIGTERM");
    while (!(await lines.read()).done);
    assert.equal((await child.status).code, 0);
    assert.ok((await Deno.stat(join(folder.directory, "logs"))).isDirectory);
  },
});

/** The texts of the elements of that name, in order, of XML whose elements are all closed. */
function textsOf(xml: string, name: string): string[] {
  const open: string[] = [];
  for (const [, slash, tag = "", end] of xml.matchAll(/<(\/?)([A-Za-z]\w*)[^<>]*?(\/?)>/g)) {
    if (end === "/") continue;
    if (slash === "") open.push(tag);
    else assert.equal(open.pop(), tag);
  }
  assert.deepEqual(open, []);
  const plain = (text: string) => {
    return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
  };
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, "g"))].map(([, text = ""]) => {
    return plain(text);
  });
}

for (const name of ["here", ODD]) {
  Deno.test(`service launchd keeps every word of the command line in a folder called ${name}`, async () => {
    await using folder = await startFolder({ name });
    const { code, out } = await folder.make("launchd");
    assert.equal(code, 0);
    const [label, ...words] = textsOf(await folder.read("launchd"), "string");
    const command = [...ownCommand(settings.unstable), "-config", folder.file];
    assert.equal(label, "llm-proxy");
    assert.deepEqual(words.slice(0, command.length + 1), [...command, folder.directory]);
    assert.match(
      out,
      /launchctl bootstrap gui\/\$\(id -u\) ~\/Library\/LaunchAgents\/llm-proxy\.plist/,
    );
  });
}

Deno.test("service windows writes a task as the Task Scheduler reads it", async () => {
  await using folder = await startFolder();
  const program = ["C:\\Program Files\\llm-proxy.exe", "a b\\", 'say "hi"', "x\\y", "ü&<"];
  const env = { USERDOMAIN: "HOME", USERNAME: "A & B" };
  assert.equal((await folder.make("windows", { program, env })).code, 0);
  const bytes = await Deno.readFile(join(folder.directory, NAMES.windows));
  assert.deepEqual([...bytes.subarray(0, 4)], [0xff, 0xfe, "<".charCodeAt(0), 0]);
  const xml = await folder.read("windows");
  assert.deepEqual(textsOf(xml, "Command"), [program[0]]);
  assert.deepEqual(textsOf(xml, "UserId"), ["HOME\\A & B"]);
  assert.deepEqual(textsOf(xml, "WorkingDirectory"), [folder.directory]);
  assert.deepEqual(textsOf(xml, "Arguments"), [
    `"a b\\\\" "say \\"hi\\"" x\\y ü&< -config ${folder.file}`,
  ]);
});

for (const kind of ["systemd", "launchd", "windows"] as const) {
  Deno.test(`service ${kind} overwrites nothing, and is content with what it wrote itself`, async () => {
    await using folder = await startFolder();
    assert.equal((await folder.make(kind)).code, 0);
    const again = await folder.make(kind);
    assert.equal(again.code, 0);
    assert.match(again.out, /is as it should be\./);
    const file = join(folder.directory, NAMES[kind]);
    await Deno.writeTextFile(file, "mine");
    const refused = await folder.make(kind);
    assert.deepEqual([refused.code, refused.out], [1, ""]);
    assert.match(refused.err, /exists already, says something else and is left as it is\./);
    assert.equal(await Deno.readTextFile(file), "mine");
  });

  Deno.test(`service ${kind} says which variables the service will lack, and writes none of them`, async () => {
    const config = CONFIG.replace("}]\nmodels", ', api_key: "${A_KEY}${B_KEY:-}" }]\nmodels');
    await using folder = await startFolder({ config });
    const env = { A_KEY: "sk-canary-0123456789abcdef" };
    const { code, out, err } = await folder.make(kind, { env });
    assert.equal(code, 0, err);
    assert.match(err, /The configuration takes A_KEY from there: write them into .*\.env, /);
    for (const text of [out, err, await folder.read(kind)]) assert.doesNotMatch(text, /canary/);
  });
}

Deno.test("service writes nothing for a configuration with errors", async () => {
  await using folder = await startFolder({ config: "backends: []\n" });
  const { code, err } = await folder.make("systemd");
  assert.equal(code, 1);
  assert.match(err, /config\.yaml/);
  assert.deepEqual([...Deno.readDirSync(folder.directory)].map(({ name }) => name), [
    "config.yaml",
  ]);
});

for (const name of ["line\nfeed", "esc\x1b[31m", "ends in a space ", "ends in a backslash\\"]) {
  Deno.test({
    name: `service refuses a folder called ${JSON.stringify(name)}`,
    ignore: Deno.build.os === "windows",
    async fn() {
      await using folder = await startFolder({ name });
      const { code, err } = await folder.make("systemd");
      assert.equal(code, 1);
      assert.match(
        err,
        /^(?:No path may have control|systemd runs nothing in a folder that ends in)/,
      );
      assert.match(err, /Move it, or name it otherwise\.$/);
    },
  });
}

Deno.test("service systemd refuses an executable that systemd would", async () => {
  await using folder = await startFolder();
  for (const odd of ['/opt/"x"', "/opt/it's", "/opt/a\\b"]) {
    const { code, err } = await folder.make("systemd", { program: [odd] });
    assert.equal(code, 1);
    assert.match(err, /^systemd starts no program with a quote or backslash in its path: /);
    assert.equal((await folder.make("launchd", { program: [odd] })).code, 0);
    await Deno.remove(join(folder.directory, NAMES.launchd));
  }
});

Deno.test("service takes one of three kinds, from the command line", async () => {
  await using folder = await startFolder();
  for (const args of [[], ["upstart"], ["systemd", "now"], ["systemd", "-json"]]) {
    const { code, stderr } = await runProgram(["service", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, /systemd\|launchd\|windows|Unexpected argument|takes no flag/);
  }
  const { code, stderr } = await runProgram([
    "service",
    "systemd",
    "-config",
    basename(folder.file),
  ], {
    cwd: dirname(folder.file),
  });
  assert.equal(code, 0, stderr);
  const unit = await folder.read("systemd");
  assert.deepEqual(commandOf(unit).slice(-2), ["-config", await Deno.realPath(folder.file)]);
});
