/** Every command on every page is one that the program, its tasks or a rule knows. */
import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { faultOf, ruleFor, TYPED_BY } from "./command_rules.ts";
import { commandsInProse, commandsOf, unmarkedCommands } from "./commands.ts";
import { pagePaths, readPage } from "./page.ts";
import { isThere } from "./why_not_typed.ts";

/** Words that stand for others on a page, and one of those. */
const STAND_INS: readonly (readonly [RegExp, string])[] = [
  [/\[[^\]]*\]/g, ""],
  [/-kind KIND\b/g, "-kind 429"],
  [/\bKIND\b/g, "systemd"],
  [/FILE\|ID|ID\|FILE/g, "ID"],
  [/…/g, "x"],
  [/http:\/\/HOST:PORT/g, "http://127.0.0.1:8080"],
];

for (const path of pagePaths()) {
  const page = readPage(path);
  const typed = page.fences.flatMap(commandsOf);
  const told = commandsInProse(page).filter((span) => !isName(span));
  if (typed.length + told.length === 0) continue;
  Deno.test(`${path}: a rule is for each of its ${typed.length + told.length} commands`, () => {
    const faults = [...typed, ...told].flatMap(parts).flatMap((command) => {
      const meant = STAND_INS.reduce((text, [of, word]) => text.replaceAll(of, word), command);
      const fault = faultOf(meant);
      return fault === undefined ? [] : [`${command}\n  ${fault}`];
    });
    assert.deepEqual(faults, []);
  });

  Deno.test({
    name: `${path}: a shell can read its ${typed.length} command lines`,
    ignore: !isThere("bash"),
    async fn() {
      for (const command of typed) {
        const { success, stderr } = await new Deno.Command("bash", { args: ["-n", "-c", command] })
          .output();
        assert.ok(success, `${command}\n${new TextDecoder().decode(stderr)}`);
      }
    },
  });
}

/** Whether it only names a command of ours, as prose does. */
function isName(span: string): boolean {
  const [, name] = /^llm-proxy ([a-z]+)$/.exec(span) ?? [];
  return name !== undefined && name !== "run" && Object.hasOwn(COMMANDS, name);
}

/** What `&&` joins. */
function parts(command: string): readonly string[] {
  return command.includes("<<") ? [command] : command.split(" && ");
}

/** What blocks are written in; a language that nobody reads would hide its commands. */
const LANGUAGES = [
  "",
  "bash",
  "sh",
  "yaml",
  "toml",
  "json",
  "ini",
  "nginx",
  "caddyfile",
  "logrotate",
  "promql",
];

Deno.test("every block is in a language that tests know, and shows a command as one", () => {
  for (const path of pagePaths()) {
    const { fences, prose } = readPage(path);
    assert.doesNotMatch(prose, /^ *(?:~~~|```)/m, path);
    for (const fence of fences) {
      assert.ok(LANGUAGES.includes(fence.language), `${path}: ${fence.language}`);
      assert.deepEqual(unmarkedCommands(fence), [], path);
    }
  }
});

Deno.test("a page whose blocks have commands that can be typed is one that a test types", () => {
  const pages = pagePaths().filter((path) => {
    return readPage(path).fences.flatMap(commandsOf).some((each) => ruleFor(each)?.how === "typed");
  });
  const untyped = pages.filter((path) =>
    !Object.keys(TYPED_BY).some((known) => path.startsWith(known))
  );
  assert.deepEqual(untyped, []);
});

Deno.test("faultOf() takes no command that no rule is for, and no flag that the program does not take", () => {
  assert.match(faultOf("frobnicate --all") ?? "", /no rule/);
  assert.match(faultOf("llm-proxy drill a -kind nonsense") ?? "", /-kind/);
  assert.match(faultOf("llm-proxy cheque") ?? "", /Unknown command/);
  assert.match(faultOf("deno task nothing") ?? "", /no task nothing/);
  assert.match(faultOf("npx -y deno@1.0.0 task test") ?? "", /not the one/);
  assert.match(faultOf("curl https://example.org/") ?? "", /example\.org/);
  assert.equal(faultOf("LLM_PROXY_ADMIN_TOKEN=x llm-proxy cooldowns -admin https://h/"), undefined);
});
