/**
 * How the tests take each command that a page tells its reader to type. A command that no rule is for fails
 * tests/docs/commands_test.ts: whoever writes a new kind says here how it is held to the truth.
 */
import settings from "../../deno.json" with { type: "json" };
import { parseFlags } from "../../lib/cli/flags.ts";
import { wordsOf } from "./commands.ts";

export interface CommandRule {
  readonly of: RegExp;
  /**
   * `typed`: as it stands, by walk.ts or the test that `by` names; `task`: that there is such a task;
   * `read`: that a shell can read it, since what it calls cannot run here; `by` says why.
   */
  readonly how: "typed" | "task" | "read";
  readonly by: string;
  /** What is wrong with its words. */
  readonly fault?: (words: readonly string[]) => string | undefined;
}

export const COMMAND_RULES: readonly CommandRule[] = [
  { of: /^llm-proxy(?= |$)/, how: "typed", by: "walk.ts", fault: faultOfFlags },
  { of: /^npx -y llm-fallback-proxy(?= |$)/, how: "read", by: "the package is not published" },
  {
    of: /^npx -y deno@\S+ task (?:demo|npm|start)(?= |$)/,
    how: "typed",
    by: "readme_test.ts",
    fault: faultOfTask,
  },
  { of: /^(?:npx -y deno@\S+|deno) task /, how: "task", by: "others run them", fault: faultOfTask },
  {
    of: /^npm install -g "\$\(npm pack --silent \.\/dist\/npm\)"$/,
    how: "typed",
    by: "readme_test.ts",
  },
  { of: /^npm install -g deno@/, how: "read", by: "a test changes no machine" },
  { of: /^curl /, how: "typed", by: "walk.ts", fault: faultOfUrl },
  { of: /^(?:export|umask|cat|chmod|ls|\.|openssl) /, how: "typed", by: "walk.ts" },
  { of: /^sqlite3 /, how: "typed", by: "operations_test.ts" },
  {
    of: /^(?:claude|codex|gemini|opencode|qwen|cline) /,
    how: "typed",
    by: "a stand-in (client.ts)",
  },
  { of: /^docker compose up /, how: "typed", by: "a stand-in: what the image starts" },
  { of: /^(?:docker|kubectl) /, how: "read", by: "no daemon, no cluster" },
  { of: /^bash \.ci\/run$/, how: "read", by: "it runs these tests" },
  {
    of: /^(?:apt-get|brew|scoop|winget|sudo|ulimit|xattr) /,
    how: "read",
    by: "a test changes no machine",
  },
  { of: /^(?:systemctl|launchctl|schtasks|ssh) /, how: "read", by: "no service manager, no host" },
  { of: /^(?:kill|trap) /, how: "read", by: "tests/blackbox/signals_test.ts sends signals" },
];

/** The tests that type what stands in a page's blocks, by the page; a folder stands for the pages in it. */
export const TYPED_BY: Readonly<Record<string, string>> = {
  "README.md": "readme_test.ts",
  "README.zh-CN.md": "readme_shape_test.ts: the same as README.md's",
  "docs/failures.md": "drills_table_test.ts",
  "docs/import.md": "import_page_test.ts",
  "docs/operations.md": "operations_test.ts",
  "docs/recipes/": "recipes_test.ts",
};

export function ruleFor(command: string): CommandRule | undefined {
  const bare = command.replaceAll("\\\n", " ").replace(
    /^(?:[A-Z_0-9]+=(?:"[^"]*"|\S)* +)+(?=\S)/,
    "",
  );
  return COMMAND_RULES.find(({ of }) => of.test(bare));
}

function faultOfFlags([, ...words]: readonly string[]): string | undefined {
  const end = words.findIndex((word) => ["|", ">", "&", "&&"].includes(word));
  const given = end === -1 ? words : words.slice(0, end);
  const parsed = parseFlags(given);
  return parsed.kind === "usage" ? parsed.message : undefined;
}

function faultOfTask(words: readonly string[]): string | undefined {
  const version = /^deno@(.*)$/.exec(words[2] ?? "")?.[1];
  if (version !== undefined && version !== "2.9.6") {
    return `deno ${version} is not the one of .ci/run`;
  }
  const name = words[words.indexOf("task") + 1] ?? "";
  return Object.hasOwn(settings.tasks, name) ? undefined : `there is no task ${name}`;
}

function faultOfUrl(words: readonly string[]): string | undefined {
  const url = words.find((word) => /^https?:/.test(word));
  return /^http:\/\/127\.0\.0\.1:808[01]\//.test(url ?? "") ? undefined : `it asks ${url}`;
}

/** What is wrong with a command, for a person; undefined for nothing. */
export function faultOf(command: string): string | undefined {
  const rule = ruleFor(command);
  if (rule === undefined) return "no rule of command_rules.ts is for it";
  return rule.fault?.(wordsOf(command));
}
