/** docs/operations.md: its commands for a running proxy, typed beside one, and what it shows of them. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { wordsOf } from "./commands.ts";
import { type Fence, readPage } from "./page.ts";
import { program } from "./program.ts";
import { startWalk, type Walk } from "./walk.ts";
import { WHY_NOT_TYPED } from "./why_not_typed.ts";

const { fences } = readPage("docs/operations.md");

/** The proxy that the page's examples speak of. */
const CONFIGURATION: Fence = {
  language: "yaml",
  before: "`config.yaml`",
  text: `listen: "127.0.0.1:8080"
backends:
  - { name: provider-a, url: "https://a.example/v1", auth: inject, api_key: key-of-a-0123456789 }
  - { name: provider-b, url: "https://b.example/v1", auth: inject, api_key: key-of-b-0123456789 }
models:
  claude-opus:
    - { backend: provider-a, model: claude-opus-4 }
    - { backend: provider-b, model: claude-x, priority: 2 }
`,
};

const ASK = `curl -s http://127.0.0.1:8080/v1/messages -H "Content-Type: application/json" ` +
  `-d '{"model":"claude-opus","max_tokens":9,"messages":[{"role":"user","content":"Hello"}]}'`;

const PUT_BACK =
  `curl -s http://127.0.0.1:8081/api/routes/on -H "x-llm-proxy: 1" -H "content-type: application/json" ` +
  `-d '{"backend":"provider-a","model":"claude-opus-4"}'`;

/** What a page writes for a place or an id of the reader's. */
function meantHere(command: string, log: string): string {
  const [id = "none"] = log.match(/(?<=\[)[0-9a-f]{8}(?=\])/g) ?? [];
  return command.replaceAll("679a3f2a", id).replaceAll("/etc/llm-proxy/config.yaml", "config.yaml")
    .replaceAll("https://llm.example/dashboard", "http://127.0.0.1:8081")
    .replaceAll("TOKEN=…", "TOKEN=any");
}

/** With Deno's SQLite, since the program of that name is not everywhere. */
async function queried({ place }: Walk, command: string): Promise<void> {
  const [, readOnly, file = "", sql = ""] = wordsOf(command);
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(join(place.cwd, file), { readOnly: readOnly === "-readonly" });
  // Rows wait a quarter of a second for others to be written with.
  let rows = database.prepare(sql).all();
  while (rows.length === 0) {
    await delay(20);
    rows = database.prepare(sql).all();
  }
  database.close();
  assert.deepEqual(rows.map(({ alias }) => alias), ["claude-opus"]);
}

async function answered(walk: Walk, command: string): Promise<void> {
  const { code, output } = await walk.type(command);
  assert.equal(code, 0, `${command}\n${output}`);
  assert.notEqual(output, "", command);
}

Deno.test({
  name: `docs/operations.md: its commands for a running proxy do what it says${WHY_NOT_TYPED}`,
  ignore: WHY_NOT_TYPED !== "",
  async fn(t) {
    await using walk = await startWalk({
      program: await program(),
      elsewhere: (command) => {
        if (command.startsWith("sqlite3 ")) return queried(walk, command);
        const meant = meantHere(command, walk.log);
        return meant === command ? undefined : answered(walk, meant);
      },
    });
    await walk.take(CONFIGURATION);
    await walk.type("llm-proxy");
    await answered(walk, ASK);
    await answered(walk, "llm-proxy drill provider-b -kind 503");
    await answered(walk, "llm-proxy drill provider-b -seconds 0");
    const told = fences.filter(({ language, text }) => {
      return ["bash", "sh"].includes(language) || text.startsWith("$ ");
    });
    assert.ok(told.length >= 8);
    for (const fence of told) {
      await t.step(fence.text.split("\n")[0] ?? "", async () => {
        await walk.take(fence);
        // The page puts it out of use; later parts of it speak of one that is in use.
        if (fence.text.includes("/api/routes/off")) await answered(walk, PUT_BACK);
        if (!fence.text.startsWith("$ llm-proxy drill")) return;
        await answered(walk, ASK);
        const shown = fences[fences.indexOf(fence) + 1];
        assert.ok(shown !== undefined);
        await walk.take(shown);
      });
    }
  },
});
