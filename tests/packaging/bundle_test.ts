/** The bundle: the whole program in a few files, from wherever it is started. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { bundle, inAscii } from "../../packaging/bundle.ts";
import { BUNDLE_FLAGS, PERMISSIONS, ROOT, UNSTABLE } from "../../packaging/program.ts";

Deno.test("bundle() gives a program that runs beside nothing, from another directory", async () => {
  await using place = await temporaryPlace();
  await bundle(new URL(`file://${place.path}/program/`));
  const version = await place.run(["-version"]);
  assert.match(
    version.stdout,
    /^llm-proxy \d+\.\d+\.\d+( \([0-9a-f]{7,} of \d{4}-\d\d-\d\d\))?\n$/,
  );
  const initial = await place.run(["init"]);
  assert.equal(initial.code, 0, initial.stderr);
  const example = await Deno.readTextFile(new URL("config.example.yaml", ROOT));
  assert.equal(await Deno.readTextFile(join(place.path, "elsewhere/config.yaml")), example);
});

Deno.test("a bundle has its event loops, its log thread and its dashboard, also once it is replaced", async () => {
  await using place = await temporaryPlace();
  await bundle(new URL(`file://${place.path}/program/`));
  const config = join(place.path, "elsewhere/config.yaml");
  const text = `listen: "127.0.0.1:0"
workers: ${Deno.build.os === "linux" ? 2 : 1}
admin: { listen: "127.0.0.1:0" }
logging: { general_file: ./proxy.log }
backends: [{ name: a, url: "http://127.0.0.1:9" }]
models: { chat: [{ backend: a, model: m }] }
`;
  await Deno.writeTextFile(config, text);
  await using running = place.command(["-config", "config.yaml"]).spawn();
  const lines = running.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await lines.read();
  const url = /^llm-proxy listening on (http:\S+)\n/.exec(value)?.[1] ?? assert.fail(value);
  const failed = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"model":"chat"}`,
  });
  assert.equal(failed.status, 502);
  await failed.body?.cancel();
  const log = await untilLogSays(
    join(place.path, "elsewhere/proxy.log"),
    /dashboard.* (http:\S+)/i,
  );
  for (const path of ["", "app.js", "app.css", "icon.svg"]) {
    const asset = await fetch(new URL(path, log));
    assert.equal(asset.status, 200, path);
    await asset.body?.cancel();
  }
  // An upgrade of the npm package puts other files in the place of these, and deletes some.
  const program = join(place.path, "program");
  for (const { name, isFile } of Deno.readDirSync(program)) {
    if (isFile) await Deno.writeTextFile(join(program, name), "another version");
  }
  running.kill("SIGHUP");
  await untilLogSays(join(place.path, "elsewhere/proxy.log"), /(is as it was)\./);
  await Deno.remove(program, { recursive: true });
  const [page, script, call] = await Promise.all([
    fetch(log),
    fetch(new URL("app.js", log)),
    fetch(`${url}/v1/models`),
  ]);
  assert.deepEqual([page.status, script.status, call.status], [200, 200, 200]);
  for (const { body } of [page, script, call]) await body?.cancel();
  await Deno.writeTextFile(config, `${text}detection: { error_patterns: ["/busy/"] }\n`);
  await untilLogSays(
    join(place.path, "elsewhere/proxy.log"),
    /(Reloaded config.yaml: detection changed)/,
  );
  running.kill("SIGTERM");
  assert.equal((await running.status).code, 0);
  assert.equal((await lines.read()).done, true);
  const requests = [...Deno.readDirSync(join(place.path, "elsewhere/logs/requests"))];
  assert.equal(requests.length, 1);
});

Deno.test("a bundle is ASCII, which takes half the memory of other text, and means the same", async () => {
  await using place = await temporaryPlace();
  await bundle(new URL(`file://${place.path}/program/`));
  const files = [...Deno.readDirSync(join(place.path, "program"))]
    .filter(({ name }) => name.endsWith(".js"));
  assert.ok(files.length > 3);
  for (const { name } of files) {
    const text = await Deno.readTextFile(join(place.path, "program", name));
    // deno-lint-ignore no-control-regex -- ASCII from its first character to its last
    assert.match(text, /^[\x00-\x7f]*$/, name);
  }
});

Deno.test("inAscii() writes other characters as escapes of the same meaning", () => {
  const script = 'export default ["µ中😀\u2028", `é${1}`, /^[中-国]😀{2}$/u.test("中😀😀")]';
  const ascii = inAscii(script);
  // deno-lint-ignore no-control-regex -- ASCII from its first character to its last
  assert.match(ascii, /^[\x00-\x7f]*$/);
  const value = (text: string) => new Function(text.replace("export default", "return"))();
  assert.deepEqual(value(ascii), value(script));
  assert.deepEqual(value(ascii), ["µ中😀\u2028", "é1", true]);
});

Deno.test("a bundle that runs has loaded no HTTP client of Node's, and no regular expressions' engine", async () => {
  await using place = await temporaryPlace();
  await bundle(new URL(`file://${place.path}/program/`));
  const folder = join(place.path, "program");
  const command = [...Deno.readDirSync(folder)].find(({ name }) => /^run-.*\.js$/.test(name));
  const loaded = await loadedWith(command?.name ?? assert.fail(), folder);
  const required = loaded.flatMap(({ text }) => [...text.matchAll(/"node:(?:https?|cluster)"/g)])
    .map(([name]) => name);
  // prom-client asks for node:cluster when it is to gather from processes, which nobody tells it to.
  assert.deepEqual(required, ['"node:cluster"']);
  const regexps = loaded.filter(({ text }) => text.includes("error parsing regexp"));
  assert.deepEqual(regexps.map(({ name }) => name), []);
});

/** A script and all those that it imports to begin with, not those that it loads later. */
async function loadedWith(name: string, folder: string) {
  const loaded = new Map<string, string>();
  const wanted = [name];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    if (loaded.has(next)) continue;
    const text = await Deno.readTextFile(join(folder, next));
    loaded.set(next, text);
    for (const [, other = ""] of text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) wanted.push(other);
  }
  return [...loaded].map(([name, text]) => ({ name, text }));
}

Deno.test("a bundle's own service file has the command line that starts it again", async () => {
  await using place = await temporaryPlace();
  await bundle(new URL(`file://${place.path}/program/`));
  await Deno.writeTextFile(
    join(place.path, "elsewhere/config.yaml"),
    `listen: "127.0.0.1:0"
admin: { listen: "" }
backends: [{ name: a, url: "http://127.0.0.1:9" }]
models: { chat: [{ backend: a, model: m }] }
`,
  );
  const made = await place.run(["service", "systemd"]);
  assert.equal(made.code, 0, made.stderr);
  const unit = await Deno.readTextFile(join(place.path, "elsewhere/llm-proxy.service"));
  const [executable = "", ...args] = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.split(" ") ?? [];
  const flags = [...PERMISSIONS, ...UNSTABLE, ...BUNDLE_FLAGS];
  assert.deepEqual(args.slice(0, flags.length + 1), ["run", ...flags]);
  const started = new Deno.Command(executable, {
    args,
    cwd: "/",
    clearEnv: true,
    env: { HOME: "/nonexistent" },
    stdout: "piped",
    stderr: "null",
  });
  await using running = started.spawn();
  const lines = running.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await lines.read();
  const url = /^llm-proxy listening on (http:\S+)\n/.exec(value)?.[1] ?? assert.fail(value);
  assert.equal(await (await fetch(`${url}/health`)).text(), "ok");
  running.kill("SIGTERM");
  assert.equal((await running.status).code, 0);
  assert.equal((await lines.read()).done, true);
});

/** What a pattern's first group holds in a file that is being written. */
async function untilLogSays(path: string, pattern: RegExp): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const text = await Deno.readTextFile(path).catch(() => "");
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return assert.fail(await Deno.readTextFile(path));
}

/** A directory for the program and one to start it in, with an environment that names neither. */
async function temporaryPlace() {
  const path = await Deno.makeTempDir();
  await Deno.mkdir(join(path, "elsewhere"));
  const command = (args: readonly string[]) => {
    const flags = [
      ...PERMISSIONS,
      ...UNSTABLE,
      "--no-config",
      "--no-lock",
      "--no-remote",
      "--quiet",
    ];
    return new Deno.Command(Deno.execPath(), {
      args: ["run", ...flags, join(path, "program/main.js"), ...args],
      cwd: join(path, "elsewhere"),
      clearEnv: true,
      env: { HOME: path },
      stdout: "piped",
      stderr: "piped",
    });
  };
  return {
    path,
    command,
    async run(args: readonly string[]) {
      const { code, stdout, stderr } = await command(args).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, stdout: text(stdout), stderr: text(stderr) };
    },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
