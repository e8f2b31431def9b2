/** `admin` read alone from a configuration file that may be broken elsewhere. */
import { dirname, resolve } from "node:path";
import { parseListen } from "./listen_address.ts";
import { loadEnvFile } from "./env_file.ts";
import type { Parsed } from "./parsed.ts";
import { placeholderFiles, placeholderNames, replacePlaceholders } from "./placeholders.ts";
import { formatProblem } from "./problem.ts";
import { readEnvFile } from "./read_env_file.ts";
import { readText } from "./read_text.ts";
import type { ListenAddress } from "./snapshot.ts";
import { isAlias, isMap, isScalar, parseDocument } from "./yaml.ts";

/** Where the admin port is, and what to show it. Neither is read before it is asked for. */
export interface AdminAlone {
  /** Undefined where it is turned off. */
  readonly listen: () => Promise<Parsed<ListenAddress | undefined>>;
  /** Empty for none. */
  readonly token: () => Promise<Parsed<string>>;
}

/** Where it is when nothing is written: the schema's default. */
const DEFAULT_LISTEN = "127.0.0.1:8081";

/**
 * Reads only what is written under `admin`, so that neither a fault elsewhere in the file nor a variable
 * that is not set in this shell keeps a command from the running proxy. Reasons are whole sentences.
 */
export async function readAdminAlone(
  file: string,
  env: (name: string) => string | undefined,
): Promise<Parsed<AdminAlone>> {
  const text = await readText(file);
  if (!text.ok) return { ok: false, reason: `${file}: the file ${text.reason}` };
  const written = adminIn(text.value);
  const valueOf = async (key: string, fallback: string): Promise<Parsed<string>> => {
    const given = written.get(key);
    if (given === undefined) return { ok: true, value: fallback };
    const value = await replaced(given, { file, env });
    return value.ok ? value : { ok: false, reason: `${file}: admin.${key}: ${value.reason}` };
  };
  return {
    ok: true,
    value: {
      token: () => valueOf("token", ""),
      async listen() {
        const value = await valueOf("listen", DEFAULT_LISTEN);
        if (!value.ok || value.value === "") {
          return value.ok ? { ok: true, value: undefined } : value;
        }
        const parsed = parseListen(value.value);
        return parsed.ok ? parsed : { ok: false, reason: `${file}: admin.listen ${parsed.reason}` };
      },
    },
  };
}

/** The section by itself, where the whole cannot be made sense of. */
const SECTION =
  /^(?:admin|"admin"|'admin')[ \t]*:(?:.*\n?)(?:(?:[ \t]+.*|#.*|[ \t]*|[}\]].*)\n?)*/m;

function adminIn(text: string): ReadonlyMap<string, string> {
  const plain = text.replaceAll("\r\n", "\n");
  const whole = parse(plain);
  if (whole.errors.length === 0) return settingsIn(whole);
  const [section] = SECTION.exec(plain) ?? [];
  return settingsIn(section === undefined ? whole : parse(section));
}

type Yaml = ReturnType<typeof parseDocument>;

function parse(text: string): Yaml {
  const quiet = { prettyErrors: false, uniqueKeys: false, logLevel: "silent" } as const;
  return parseDocument(text, { ...quiet, schema: "core", merge: false });
}

/** What is written under `admin` as text. */
function settingsIn(yaml: Yaml): ReadonlyMap<string, string> {
  const resolved = (node: unknown) => isAlias(node) ? node.resolve(yaml) : node;
  const { contents } = yaml;
  const pair = isMap(contents)
    ? contents.items.find(({ key }) => isScalar(key) && key.value === "admin")
    : undefined;
  const admin = resolved(pair?.value);
  const settings = new Map<string, string>();
  for (const { key, value: given } of isMap(admin) ? admin.items : []) {
    const value = resolved(given);
    if (!isScalar(key) || !isScalar(value) || value.value === null) continue;
    settings.set(
      String(key.value),
      typeof value.value === "string" ? value.value : value.source ?? "",
    );
  }
  return settings;
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
