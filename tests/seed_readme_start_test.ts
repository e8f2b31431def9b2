/** The first steps of the seed's README, taken with the real program. */
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../lib/config/load.ts";
import { callRaw, textOf } from "./caller.ts";
import { startPeer } from "./peer.ts";
import { A, CURL_BODY, walk } from "./seed_calls.ts";
import { reworded } from "./seed_example.ts";

walk("快速开始", {
  "cp config.example.yaml config.yaml: the example is a configuration that runs": async () => {
    const loaded = await loadConfig(fileOf("config.example.yaml"), NO_ENVIRONMENT);
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.deepEqual(loaded.snapshot.warnings, []);
  },
  "llm-proxy.exe -config config.yaml: serves, and logs beside the configuration": async () => {
    await using provider = await startPeer(A);
    const dist = await Deno.makeTempDir({ prefix: "llm-proxy-dist-" });
    const example = await Deno.readTextFile(fileOf("config.example.yaml"));
    const free = reworded(example, `listen: ":8080"`, `listen: "127.0.0.1:0"`);
    const edited = reworded(free, "https://api.provider-a.com", provider.url);
    await Deno.writeTextFile(join(dist, "config.yaml"), edited);
    await runProgram(dist, async (url) => {
      const got = await callRaw(url, { target: "/chat/completions", body: CURL_BODY });
      assert.equal(textOf(got), `{"from":"a"}`);
    });
    const log = await Deno.readTextFile(join(dist, "logs/proxy.log"));
    assert.match(
      log,
      / INFO +Started with config\.yaml: 2 backends, 1 aliases, 2 routes; listening/,
    );
    assert.match(log, / INFO +POST \/chat\/completions claude-opus -> provider-a /);
    await Deno.remove(dist, { recursive: true });
  },
});

const NO_ENVIRONMENT = { revision: 1, env: () => undefined };

function fileOf(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

/** The binary to be tested, or the program from source. */
function program(): string[] {
  const binary = Deno.env.get("LLM_PROXY_BIN");
  if (binary !== undefined) return [resolve(binary)];
  const permissions = ["--allow-net", "--allow-read", "--allow-write", "--allow-env"];
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissions, fileOf("main.ts")];
}

/** Starts the program with `-config config.yaml` in a directory, and stops it after use. */
async function runProgram(cwd: string, use: (url: string) => Promise<void>): Promise<void> {
  const [path = "", ...args] = [...program(), "-config", "config.yaml"];
  const command = new Deno.Command(path, { args, cwd, stdout: "piped", stderr: "null" });
  await using running = command.spawn();
  const lines = running.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await lines.read();
  await use(/^llm-proxy listening on (http:\S+)\n$/.exec(value)?.[1] ?? assert.fail(value));
  running.kill("SIGTERM");
  assert.equal((await running.status).code, 0);
  assert.equal((await lines.read()).done, true);
}
