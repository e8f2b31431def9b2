/** Top-level members read alone from a configuration file that may be broken elsewhere. */
import { dirname, resolve } from "node:path";
import { loadEnvFile } from "./env_file.ts";
import type { Parsed } from "./parsed.ts";
import { placeholderFiles, placeholderNames, replacePlaceholders } from "./placeholders.ts";
import { formatProblem } from "./problem.ts";
import { readEnvFile } from "./read_env_file.ts";
import { readText } from "./read_text.ts";
import { isAlias, isMap, isScalar, parseDocument } from "./yaml.ts";

/** What is written under some members. Nothing is replaced before it is asked for. */
export interface MembersAlone {
  /** A member, or a setting in it as `admin.listen`: its text, or the fallback where none is written. */
  readonly text: (path: string, fallback: string) => Promise<Parsed<string>>;
  /** Whether something is written under a member. */
  readonly isWritten: (member: string) => boolean;
}

/**
 * Reads only what is written under those members, so that neither a fault elsewhere in the file nor a
 * variable that is not set in this shell keeps a command from the running proxy. Reasons are whole sentences.
 */
export async function readMembersAlone(
  file: string,
  env: (name: string) => string | undefined,
): Promise<Parsed<MembersAlone>> {
  const text = await readText(file);
  if (!text.ok) return { ok: false, reason: `${file}: the file ${text.reason}` };
  const plain = text.value.replaceAll("\r\n", "\n");
  const whole = parse(plain);
  const memberOf = (name: string) => memberIn(plain, whole, name);
  return {
    ok: true,
    value: {
      isWritten: (name) => memberOf(name) !== undefined,
      async text(path, fallback) {
        const [name = "", setting] = path.split(".");
        const member = memberOf(name);
        const given = setting === undefined ? textOf(member) : settingIn(member, setting);
        if (given === undefined) return { ok: true, value: fallback };
        const value = await replaced(given, { file, env });
        return value.ok ? value : { ok: false, reason: `${file}: ${path}: ${value.reason}` };
      },
    },
  };
}

type Yaml = ReturnType<typeof parseDocument>;

/** A value with the document that its anchors are in. */
interface Member {
  readonly value: unknown;
  readonly yaml: Yaml;
}

function parse(text: string): Yaml {
  const quiet = { prettyErrors: false, uniqueKeys: false, logLevel: "silent" } as const;
  return parseDocument(text, { ...quiet, schema: "core", merge: false });
}

/** From the section by itself, where the whole cannot be made sense of; undefined where it is empty. */
function memberIn(text: string, whole: Yaml, name: string): Member | undefined {
  const [section] = whole.errors.length === 0 ? [] : sectionOf(name).exec(text) ?? [];
  const yaml = section === undefined ? whole : parse(section);
  const { contents } = yaml;
  const pair = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && key.value === name)
    : undefined;
  const value = isAlias(pair?.value) ? pair.value.resolve(yaml) : pair?.value;
  const isEmpty = value === undefined || value === null ||
    (isScalar(value) && value.value === null);
  return isEmpty ? undefined : { value, yaml };
}

/** @param name plain letters */
function sectionOf(name: string): RegExp {
  const key = `(?:${name}|"${name}"|'${name}')`;
  return new RegExp(`^${key}[ \\t]*:(?:.*\\n?)(?:(?:[ \\t]+.*|#.*|[ \\t]*|[}\\]].*)\\n?)*`, "m");
}

function settingIn(member: Member | undefined, name: string): string | undefined {
  if (member === undefined || !isMap(member.value)) return undefined;
  const { yaml, value: { items } } = member;
  const value = items.findLast(({ key }) => isScalar(key) && String(key.value) === name)?.value;
  return textOf({ yaml, value: isAlias(value) ? value.resolve(yaml) : value });
}

/** Undefined for what is no text. */
function textOf(member: Member | undefined): string | undefined {
  const value = member?.value;
  if (!isScalar(value) || value.value === null) return undefined;
  return typeof value.value === "string" ? value.value : value.source ?? "";
}

async function replaced(
  text: string,
  { file, env }: { readonly file: string; readonly env: (name: string) => string | undefined },
): Promise<Parsed<string>> {
  const used = new Set(placeholderNames(text));
  const { env: withFile, problems, notRead } = await loadEnvFile(used, {
    file,
    env,
    readEnvFile,
  });
  const contents = new Map<string, Parsed<string>>();
  for (const name of placeholderFiles(text)) {
    const read = await readText(resolve(dirname(resolve(file)), name));
    const value = read.ok ? read.value.replace(/\r?\n$/, "") : "";
    const reason = read.ok ? "" : `the file ${name} ${read.reason}`;
    contents.set(name, read.ok ? { ok: true, value } : { ok: false, reason });
  }
  const unread = { ok: false, reason: "was not read" } as const;
  const value = replacePlaceholders(text, {
    env: withFile,
    file: (name) => contents.get(name) ?? unread,
  });
  if (value.ok) return value;
  // What is broken there counts only where something is missing.
  const why = [...problems, ...notRead].map((problem) => `; ${formatProblem(problem)}`);
  return { ok: false, reason: value.reason + why.join("") };
}
