/** The npm package as a person gets it: packed, installed into an empty directory with an empty HOME. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { bundle } from "../../packaging/bundle.ts";
import { layOut, NAME } from "../../packaging/npm.ts";
import { canInstall, npm, npmEnvironment, texts } from "./registry.ts";

const registry = await canInstall();

Deno.test({
  name: "the npm package runs every command from an empty directory",
  ignore: !registry,
  async fn(t) {
    await using place = await installed();

    await t.step("is under 3 MB packed and brings nothing but Deno", async () => {
      assert.ok((await Deno.stat(place.archive)).size < 3e6);
      const manifest = JSON.parse(await Deno.readTextFile(join(place.path, "pack/package.json")));
      assert.deepEqual(Object.keys(manifest.dependencies), ["deno"]);
    });

    await t.step("-version names the build", async () => {
      const { code, stdout } = await place.run(["-version"]);
      assert.equal(code, 0);
      assert.match(stdout, /^llm-proxy \d+\.\d+\.\d+/);
    });

    await t.step("demo falls back to an answer", async () => {
      const { code, stdout } = await place.run(["demo", "-once"]);
      assert.equal(code, 0);
      assert.match(stdout, /200 OK/);
      assert.match(stdout, /Status 200 after 3 attempts/);
    });

    await t.step("init writes a configuration that check calls valid", async () => {
      assert.equal((await place.run(["init"])).code, 0);
      const checked = await place.run(["check"]);
      assert.equal(checked.code, 0, checked.stderr);
    });

    await t.step("passes exit codes on", async () => {
      assert.equal((await place.run(["check", "-config", "missing.yaml"])).code, 1);
      assert.equal((await place.run(["-frobnicate"])).code, 2);
    });

    await t.step("serves, and SIGTERM to the launcher ends it in order", async () => {
      const config = `listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0" }
backends: [{ name: a, url: "http://127.0.0.1:9" }]
models: { chat: [{ backend: a, model: m }] }
`;
      await Deno.writeTextFile(join(place.path, "work/run.yaml"), config);
      await using child = place.command(["-config", "run.yaml"]).spawn();
      const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
      const said = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
      const { value = "" } = await lines.read();
      const url = /^llm-proxy listening on (http:\S+)\n/.exec(value)?.[1] ?? assert.fail(value);
      let log = "";
      while (!/Dashboard on \S+\n/.test(log)) log += (await said.read()).value ?? assert.fail(log);
      const dashboard = /Dashboard on (\S+)\n/.exec(log)?.[1] ?? "";
      for (const address of [`${url}/health`, dashboard, new URL("app.js", dashboard)]) {
        const answer = await fetch(address);
        assert.equal(answer.status, 200, String(address));
        await answer.body?.cancel();
      }
      child.kill("SIGTERM");
      assert.equal((await child.status).code, 0);
      // The program has gone with its launcher, or its end of the pipe would stay open.
      while (!(await lines.read()).done);
      while (!(await said.read()).done);
    });
  },
});

/** The package, packed and installed; npm's own cache is shared, so that Deno is fetched once. */
async function installed() {
  const path = await Deno.makeTempDir();
  for (const name of ["work", "home", "bundle"]) await Deno.mkdir(join(path, name));
  const bundled = new URL(`file://${path}/bundle/`);
  await bundle(bundled);
  await layOut(new URL(`file://${path}/pack/`), bundled);
  await npm(["pack", "--silent"], join(path, "pack"), Deno.env.toObject());
  const [archive = ""] = [...Deno.readDirSync(join(path, "pack"))].map(({ name }) => name)
    .filter((name) => name.startsWith(NAME) && name.endsWith(".tgz"));
  const env = {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: join(path, "home"),
    ...await npmEnvironment(),
  };
  const options = ["--no-audit", "--no-fund", "--prefer-offline"];
  await npm(["install", ...options, join(path, "pack", archive)], join(path, "work"), env);
  const command = (args: readonly string[]) => {
    const bin = join(path, "work/node_modules/.bin/llm-proxy");
    const options = { cwd: join(path, "work"), clearEnv: true, env } as const;
    return new Deno.Command(bin, { args: [...args], ...options, stdout: "piped", stderr: "piped" });
  };
  return {
    path,
    archive: join(path, "pack", archive),
    command,
    run: async (args: readonly string[]) => texts(await command(args).output()),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}
