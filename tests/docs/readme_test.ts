/** README.md, step by step: what it says to type is typed, in an empty directory with an empty HOME. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathOf } from "../../packaging/program.ts";
import { canInstall } from "../packaging/registry.ts";
import { makeClone } from "./clone.ts";
import { ruleFor } from "./command_rules.ts";
import { commandsInProse } from "./commands.ts";
import { readPage } from "./page.ts";
import { program } from "./program.ts";
import { GREETING } from "./stub_backends.ts";
import { rowsUnder, spansOf } from "./tables.ts";
import { startWalk } from "./walk.ts";
import { WHY_NOT_TYPED } from "./why_not_typed.ts";

const PAGE = readPage("README.md");
const FENCES = PAGE.fences;
const ROWS = rowsUnder(PAGE, "Clients");
const registry = await canInstall();

Deno.test({
  name: `README.md: all of its commands work, in order${WHY_NOT_TYPED}`,
  ignore: WHY_NOT_TYPED !== "",
  async fn(t) {
    await using clone = await makeClone();
    const [install = ""] = commandsInProse(PAGE).filter((command) => command.includes("task npm"));
    await t.step({
      name: "installed as a package, by the line of the table",
      ignore: !registry,
      fn: () => clone.type(install),
    });
    await using walk = await startWalk({
      program: registry ? [] : await program(),
      path: [clone.bin],
      elsewhere: (command) => {
        if (!command.includes(" task demo")) return undefined;
        return clone.typeUntil(command, /Status 200 after 3 attempts/).then(() => {});
      },
    });
    for (const fence of FENCES) {
      const [first = fence.language] = fence.text.split("\n");
      await t.step(first, () => walk.take(fence));
    }
    await t.step("both requests were answered, by one and then by the other", () => {
      const answers = walk.typed.filter(({ command }) => command.startsWith("curl "));
      assert.deepEqual(
        answers.map(({ output }) => new RegExp(`${GREETING}([\\w.]+)`).exec(output)?.[1]),
        ["api.first.example", "api.second.example"],
      );
    });
    for (const [client = "", write = "", alias = ""] of ROWS) {
      const [line = ""] = spansOf(write);
      const typed = typedFor(client, line, spansOf(alias)[0] ?? "");
      if (typed === undefined) continue;
      await t.step(`${client}: ${line}`, async () => {
        const { code, output } = await walk.type(typed);
        assert.equal(code, 0, output);
        assert.match(output, new RegExp(GREETING));
      });
    }
    await t.step("the dashboard and the logs are where it says", async () => {
      const answer = await fetch(walk.place.here("http://127.0.0.1:8081"));
      assert.match(await answer.text(), /<html/);
      for (const path of ["logs/requests", "logs/errors", "logs/proxy.log", "logs/history.db"]) {
        assert.ok(PAGE.spans.some((span) => span.replace(/\/$/, "") === path), path);
        await Deno.stat(join(walk.place.cwd, path));
      }
    });
  },
});

Deno.test({
  name: `README.md: the line for running from source runs${WHY_NOT_TYPED}`,
  ignore: WHY_NOT_TYPED !== "",
  async fn() {
    await using clone = await makeClone();
    const [start = ""] = commandsInProse(PAGE).filter((command) => command.includes("task start"));
    const yaml = `listen: "127.0.0.1:0"
admin: { listen: "" }
backends: [{ name: a, url: "http://127.0.0.1:9" }]
models: { gpt: [{ backend: a, model: m }] }
`;
    await Deno.writeTextFile(join(clone.path, "config.yaml"), yaml);
    await clone.typeUntil(start, /^llm-proxy listening on http:/);
  },
});

/** What to type to have a row's client call; undefined where a recipe or a person has to. */
function typedFor(client: string, line: string, alias: string): string | undefined {
  if (ruleFor(line)?.how === "typed") return line;
  const [, vendor] = /^(\w+) SDK$/.exec(client) ?? [];
  if (vendor === undefined) return undefined;
  const [script, config] = ["sdk.ts", "../deno.json"].map((name) =>
    pathOf(new URL(name, import.meta.url))
  );
  return `${line} '${Deno.execPath()}' run --quiet --no-prompt --allow-all --config '${config}' '${script}' ` +
    `${vendor.toLowerCase()} ${alias}`;
}

Deno.test("README.md: what a row leaves to a recipe stands in that recipe", () => {
  let left = 0;
  for (const [client = "", write = "", alias = ""] of ROWS) {
    const [line = ""] = spansOf(write);
    const [, recipe] = /\[recipe\]\((.*?)\)/.exec(write) ?? [];
    if (typedFor(client, line, "") !== undefined || recipe === undefined) continue;
    left++;
    const { fences } = readPage(recipe);
    assert.ok(fences.some(({ text }) => text.includes(line)), `${client}: ${line}`);
    assert.ok(fences.some(({ text }) => text.includes(spansOf(alias)[0] ?? "?")), client);
  }
  assert.equal(left, 2);
});

Deno.test("README.md: every alias that a row names is one of its configuration", () => {
  const yaml = FENCES.find(({ language }) => language === "yaml")?.text ?? "";
  for (const [client = "", , alias] of ROWS) {
    assert.ok(new RegExp(`^  ${spansOf(alias)[0]}: `, "m").test(yaml), client);
  }
});
