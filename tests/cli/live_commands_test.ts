import assert from "node:assert/strict";
import { join } from "node:path";
import { clearCooldowns, cooldowns } from "../../lib/cli/cooldowns.ts";
import { drill } from "../../lib/cli/drill.ts";
import { explain } from "../../lib/cli/explain.ts";
import type { Screen } from "../../lib/cli/screen.ts";
import { startAdminPort } from "../admin/admin_port.ts";
import { startPair } from "../drills.ts";
import { CLOSED_PORT } from "../peer.ts";

/** A screen that keeps its lines. */
function paper(coloured = false) {
  const out: string[] = [];
  const err: string[] = [];
  const screen: Screen = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    write: (text) => void out.push(text),
    coloured,
  };
  return { screen, out, err };
}

/** The commands against a running pair of backends. */
async function startCommands() {
  await using stack = new AsyncDisposableStack();
  const pair = stack.use(await startPair());
  const port = stack.use(await startAdminPort(pair.proxy));
  const config = join(pair.proxy.directory, "admin.yaml");
  await writeConfig(config, `127.0.0.1:${port.port}`);
  const disposal = stack.move();
  return {
    ...pair,
    port,
    options: { config, json: false },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

async function writeConfig(file: string, listen: string): Promise<void> {
  const admin = `admin: { listen: "${listen}", token: "a-token-of-some-length" }`;
  const backend = `backends: [{ name: any, url: "http://127.0.0.1:9" }]`;
  await Deno.writeTextFile(
    file,
    `${backend}\nmodels: { m: [{ backend: any, model: m }] }\n${admin}\n`,
  );
}

Deno.test("explain prints a line a route, aligned, and what they come to", async () => {
  await using running = await startCommands();
  const { screen, out, err } = paper();
  running.drill("429");
  await running.tried();
  running.proxy.pass(18);
  assert.equal(await explain({ ...running.options, model: "chat" }, screen), 0);
  assert.deepEqual(err, []);
  assert.deepEqual(
    out,
    [
      "chat (weighted)",
      "",
      "#  route                        priority  state         back in  why",
      "-  primary (primary-model)      1         out: cooling  42 s     drill 429, 42 s left; " +
      "cooling for another 42 s after status 429, one of error_codes",
      "1  secondary (secondary-model)  2         in",
      "",
      "A new request goes to secondary (secondary-model) first. At most 3 attempts (max_retries), " +
      "none begun 240 s after its arrival. Where all of these fail, those that are cooling are " +
      "tried, too. A conversation goes where it was served last, before all of these.",
    ],
  );
});

Deno.test("explain -json prints the same as data", async () => {
  await using running = await startCommands();
  const { screen, out } = paper();
  const options = { ...running.options, json: true, model: "chat" };
  assert.equal(await explain(options, screen), 0);
  const { model, routes } = JSON.parse(out.join("\n"));
  assert.deepEqual([model, routes.length, routes[0].state], ["chat", 2, "ready"]);
});

Deno.test("explain says in one line that there is no such model", async () => {
  await using running = await startCommands();
  const { screen, out, err } = paper();
  assert.equal(await explain({ ...running.options, model: "chit" }, screen), 1);
  assert.deepEqual([out, err], [[], ['Unknown model "chit". Nearest aliases: "chat".']]);
});

Deno.test("cooldowns prints what cools and what is drilled; clear says what it cleared", async () => {
  await using running = await startCommands();
  const { screen, out } = paper();
  assert.equal(await cooldowns(running.options, screen), 0);
  running.drill("html200", 90);
  await running.tried();
  assert.equal(await cooldowns(running.options, screen), 0);
  assert.equal(
    await clearCooldowns({ ...running.options, key: "primary/primary-model" }, screen),
    0,
  );
  assert.equal(await clearCooldowns({ ...running.options, key: undefined }, screen), 0);
  assert.deepEqual(out, [
    "Nothing is cooling.",
    "what                   left   since      until      doubled  why",
    "primary/primary-model  300 s  00:00:00Z  00:05:00Z           drill; no result: status 200, but " +
    "what came is an HTML page; 300 s, set by cooldown_seconds",
    "Drill: primary fails on purpose (html200) for another 90 s.",
    "Cleared primary/primary-model.",
    "Nothing is cooling.",
  ]);
});

Deno.test("cooldowns clear says in one line that nothing has that name", async () => {
  await using running = await startCommands();
  const { screen, err } = paper();
  assert.equal(await clearCooldowns({ ...running.options, key: "x" }, screen), 1);
  assert.deepEqual(err, ['Nothing cools by the name "x"; there are: none.']);
});

Deno.test("drill begins and ends one, and says how to see it", async () => {
  await using running = await startCommands();
  const { screen, out } = paper();
  const primary = { ...running.options, backend: "primary" };
  assert.equal(await drill({ ...primary, kind: "hang", seconds: 60 }, screen), 0);
  assert.equal(running.proxy.state.drills.all()[0]?.kind, "hang");
  assert.equal(await drill({ ...primary, kind: undefined, seconds: 0 }, screen), 0);
  assert.equal(await drill({ ...primary, kind: undefined, seconds: 0 }, screen), 0);
  assert.deepEqual(out, [
    "primary fails on purpose (hang) for 60 s, until 2026-01-01T00:01:00.000Z.",
    "Nothing of it is left then. To see what requests do now: llm-proxy explain MODEL",
    "To end it early: llm-proxy drill primary -seconds 0",
    "primary is asked again.",
    "primary has no drill.",
  ]);
});

Deno.test("the commands show the token and the mark that no form can send", async () => {
  await using running = await startCommands();
  await clearCooldowns({ ...running.options, key: undefined }, paper().screen);
  const { authorization, "x-llm-proxy": mark, "content-type": type } = running.port.seen;
  assert.deepEqual(
    [authorization, mark, type],
    ["Bearer a-token-of-some-length", "1", "application/json"],
  );
});

Deno.test("the commands use colours on a terminal only", async () => {
  await using running = await startCommands();
  const [plain, coloured] = [paper(), paper(true)];
  for (const { screen } of [plain, coloured]) {
    await explain({ ...running.options, model: "chat" }, screen);
  }
  assert.ok(coloured.out.join("\n").includes("\x1b[32min\x1b[0m"));
  const unpainted = (line: string) => {
    return line.split("\x1b").map((part) => part.replace(/^\[\d+m/, "")).join("").trimEnd();
  };
  assert.deepEqual(coloured.out.map(unpainted), plain.out);
});

/** Where there is nobody to ask. */
const NOBODY: Readonly<Record<string, RegExp>> = {
  [`127.0.0.1:${CLOSED_PORT}`]:
    /^No proxy answers on 127\.0\.0\.1:\d+ \(admin\.listen\): .*\. Is it running\?$/,
  "": /^The admin port is turned off \(admin\.listen is "" in .*admin\.yaml\)\.$/,
  "127.0.0.1:0": /^admin\.listen has port 0 in .*, so its port is not known: name one\.$/,
};

for (const [listen, line] of Object.entries(NOBODY)) {
  Deno.test(`a command says in one line that nobody is there: admin.listen ${JSON.stringify(listen)}`, async () => {
    const directory = await Deno.makeTempDir();
    const config = join(directory, "admin.yaml");
    await writeConfig(config, listen);
    const { screen, out, err } = paper();
    assert.equal(await cooldowns({ config, json: true }, screen), 1);
    await Deno.remove(directory, { recursive: true });
    assert.deepEqual([out, err.length], [[], 1]);
    assert.match(err[0] ?? "", line);
  });
}

Deno.test("a command says so where something else listens", async () => {
  await using running = await startCommands();
  await writeConfig(running.options.config, new URL(running.primary.url).host);
  const { screen, out, err } = paper();
  assert.equal(await cooldowns(running.options, screen), 1);
  assert.deepEqual([out, err.length], [[], 1]);
  assert.match(
    err[0] ?? "",
    /^What listens on 127\.0\.0\.1:\d+ is not the admin port of llm-proxy/,
  );
});

Deno.test("cases 14: a command asks although its configuration is broken elsewhere", async () => {
  await using running = await startCommands();
  const admin = await Deno.readTextFile(running.options.config);
  await Deno.writeTextFile(
    running.options.config,
    `backends: []\nmodel: {}\n${admin.split("\n").at(-2)}\n`,
  );
  const { screen, out, err } = paper();
  assert.equal(await cooldowns(running.options, screen), 0);
  assert.deepEqual([out, err], [["Nothing is cooling."], []]);
});
