/** The commands that a page tells its reader to type. */
import type { Fence, Page } from "./page.ts";

const SHELLS = ["bash", "sh", "powershell"];

/** Of one fence, in order: continued lines and here-documents as one, comments left out. */
export function commandsOf({ language, text }: Fence): readonly string[] {
  if (!SHELLS.includes(language)) {
    return language === "" ? [...text.matchAll(/^\$ (.*)$/gm)].map(([, line = ""]) => line) : [];
  }
  const commands: string[] = [];
  let end: string | undefined;
  let open = false;
  for (const line of text.split("\n")) {
    if (end !== undefined || open) commands.push(`${commands.pop()}\n${line}`);
    else if (line.trim() !== "" && !line.startsWith("#")) {
      commands.push(line.replace(/\s+# .*$/, ""));
    } else continue;
    if (end === line) end = undefined;
    else end ??= /<<-?'?(\w+)'?/.exec(line)?.[1];
    open = end === undefined && line.endsWith("\\");
  }
  return commands;
}

/** Words that a command begins with, where prose or a block without a language holds one. */
const PROGRAMS = [
  ..."npx npm docker kubectl curl claude codex gemini opencode qwen cline git node".split(" "),
  ..."bash apt-get brew scoop winget sudo ssh systemctl launchctl schtasks".split(" "),
  ..."openssl chmod chown kill trap ulimit xattr sqlite3 umask".split(" "),
];

const FIRST_WORDS = new RegExp(
  `^(?:[A-Z_]+=\\S* )*(?:llm-proxy (?!listening on)|deno task |(?:${PROGRAMS.join("|")}) )`,
);

/** Those in its prose: spans that begin as a command does, and have more than the program's name. */
export function commandsInProse({ spans }: Page): readonly string[] {
  return spans.filter((span) => FIRST_WORDS.test(span));
}

/** Lines of a block without a language that look like commands, but have no `$ ` before them. */
export function unmarkedCommands({ language, text }: Fence): readonly string[] {
  return language === "" ? text.split("\n").filter((line) => FIRST_WORDS.test(line)) : [];
}

/** Without assignments before it: its words, quotes taken off. */
export function wordsOf(command: string): readonly string[] {
  const words = [...command.replaceAll("\\\n", " ").matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)]
    .map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, "$1$2"));
  const first = words.findIndex((word) => !/^[A-Z_0-9]+=/.test(word));
  return words.slice(first === -1 ? words.length : first);
}
