import assert from "node:assert/strict";
import { join } from "node:path";
import settings from "../../deno.json" with { type: "json" };
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { CLOSED_PORT, type Peer, reply, startReplier } from "../peer.ts";
import { isOneClearLine } from "./one_clear_line.ts";
import { makeHome, onFreePort, runProgram, startProgram } from "./program.ts";

const VALID = onFreePort(chain({ backend: { url: "http://127.0.0.1:9" } }));

/** What nobody can mean by a command line. */
const MISUSES: readonly (readonly string[])[] = [
  ["frobnicate"],
  ["-frobnicate"],
  ["--frobnicate=1"],
  ["-config"],
  ["-config="],
  ["check", "extra"],
  ["schema", "-config", "x"],
  ["-once"],
  ["run"],
  ["explain"],
  ["cooldowns", "drop"],
  ["drill", "provider-a", "-kind", "500"],
];

for (const args of MISUSES) {
  Deno.test(`the program ends with 2 for ${args.join(" ")}`, async () => {
    isOneClearLine(await runProgram(args), /^llm-proxy: .*See llm-proxy -help\.$/m, 2);
  });
}

for (const [flag, value] of [["-config", "FILE"], ["--config", "FILE"]] as const) {
  for (const joined of [false, true]) {
    const written = joined ? `${flag}=${value}` : `${flag} ${value}`;
    Deno.test(`the program takes its configuration from ${written}`, async () => {
      await using backend = await startReplier(reply(200, `{"ok":1}`));
      await using home = await makeHome(chain({ backend }));
      const args = joined ? [`${flag}=${home.configFile}`] : [flag, home.configFile];
      await using program = await startProgram(args);
      assert.equal((await callRaw(program.url, { body: `{"model":"chat"}` })).status, 200);
    });
  }
}

for (const args of [["-version"], ["--version"], ["-v"]]) {
  Deno.test(`the program prints its version for ${args}`, async () => {
    const { code, stdout, stderr } = await runProgram(args);
    assert.deepEqual([code, stderr], [0, ""]);
    // A build tells what it was made of; from source there is nothing to tell.
    const made = Deno.env.has("LLM_PROXY_BIN") ? / \([0-9a-f]{7,} of \d{4}-\d\d-\d\d\)/ : /(?:)/;
    const [, version, rest = ""] = /^llm-proxy (\S+)(.*)\n$/.exec(stdout) ?? [];
    assert.equal(version, settings.version);
    assert.match(rest, made);
  });
}

for (const args of [["-help"], ["--help"], ["-h"], ["check", "-help"]]) {
  Deno.test(`the program prints its commands for ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await runProgram(args);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const word of ["usage:", "check", "init", "schema", "demo", "-config"]) {
      assert.ok(stdout.includes(word), word);
    }
  });
}

Deno.test("check says what a valid configuration holds", async () => {
  await using home = await makeHome(VALID);
  const { code, stdout, stderr } = await runProgram(["check", "-config", home.configFile]);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout, `${home.configFile} is valid: 1 backends, 1 aliases, 1 routes.\n`);
});

Deno.test("check warns of a later route to a backend that is not there", async () => {
  const route = "{ backend: nobody, model: m, priority: 2 }";
  await using home = await makeHome(`${VALID.trimEnd()}\n    - ${route}\n`);
  const { code, stderr } = await runProgram(["check", "-config", home.configFile]);
  assert.match(
    stderr,
    /^warning: .*config\.yaml:7:18: models\.chat\[1\]\.backend: .*"nobody".*\n$/,
  );
  assert.equal(code, 0);
});

Deno.test("init writes a configuration that check calls valid, for its owner alone", async () => {
  await using home = await makeHome();
  const made = await runProgram(["init"], { cwd: home.directory });
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  assert.match(made.stdout, /^Wrote config\.yaml\./);
  assert.equal((await runProgram(["check"], { cwd: home.directory })).code, 0);
  const { mode } = await Deno.stat(home.configFile);
  if (mode !== null) assert.equal(mode & 0o777, 0o600);
});

Deno.test("init never overwrites", async () => {
  await using home = await makeHome("precious");
  const before = await Deno.readTextFile(home.configFile);
  const again = await runProgram(["init", "-config", home.configFile]);
  isOneClearLine(again, /exists already and is left as it is/);
  assert.equal(await Deno.readTextFile(home.configFile), before);
});

Deno.test("init's configuration serves once its URLs are set", async () => {
  await using provider = await startReplier(reply(200, `{"ok":1}`));
  await using home = await makeHome();
  await runProgram(["init"], { cwd: home.directory });
  await setUrls(home.configFile, provider);
  await using program = await startProgram([], { cwd: home.directory });
  const got = await callRaw(program.url, { body: `{"model":"claude-opus"}` });
  assert.equal(got.status, 200);
  assert.equal(provider.requests[0]?.target, "/v1/chat/completions");
});

async function setUrls(configFile: string, provider: Peer): Promise<void> {
  const yaml = await Deno.readTextFile(configFile);
  const edited = yaml.replaceAll(/https:\/\/api\.provider-[ab]\.com/g, provider.url)
    .replace(/^listen:.*$/m, `listen: "127.0.0.1:0"`);
  await Deno.writeTextFile(configFile, edited);
}

Deno.test("schema prints a JSON Schema that names every section", async () => {
  const { code, stdout, stderr } = await runProgram(["schema"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const { $schema, type, properties } = JSON.parse(stdout);
  assert.match($schema, /json-schema\.org/);
  assert.equal(type, "object");
  for (const key of ["listen", "backends", "models", "fallback", "detection", "logging"]) {
    assert.ok(key in properties, key);
  }
});

for (const args of [["explain", "chat"], ["cooldowns"], ["drill", "a", "-kind", "cut", "-json"]]) {
  Deno.test(`the program says in one line that no proxy runs: ${args.join(" ")}`, async () => {
    const admin = `admin: { listen: "127.0.0.1:${CLOSED_PORT}" }`;
    await using home = await makeHome(`${VALID}\n${admin}\n`);
    const ran = await runProgram([...args, "-config", home.configFile]);
    isOneClearLine(ran, /^No proxy answers on 127\.0\.0\.1:\d+ \(admin\.listen\)/m);
  });
}

Deno.test("the program finds relative paths beside its configuration, wherever it runs", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  const logging = `logging: { request_dir: "./kept", general_file: "all.log" }`;
  await using home = await makeHome(chain({ backend }, logging));
  const elsewhere = join(home.directory, "elsewhere");
  await Deno.mkdir(elsewhere);
  await using program = await startProgram(["-config", "../config.yaml"], { cwd: elsewhere });
  await callRaw(program.url, { body: `{"model":"chat"}` });
  program.signal("SIGTERM");
  await program.exited;
  assert.equal([...Deno.readDirSync(join(home.directory, "kept"))].length, 1);
  assert.ok((await Deno.stat(join(home.directory, "all.log"))).isFile);
  assert.deepEqual([...Deno.readDirSync(elsewhere)], []);
});
