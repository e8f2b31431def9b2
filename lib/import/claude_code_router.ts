/** claude-code-router's config.json: https://github.com/musistudio/claude-code-router#2-configuration */
import type { DialectName } from "../dialect/dialect.ts";
import { Draft } from "./draft.ts";
import { type Entry, LEFT_OUT } from "./entry.ts";
import { isVariableName, literal, type Text, variable, type Written } from "./model.ts";
import { hostOf, keyText, portOf, proxyText, secondsOf, urlText } from "./parts.ts";

/** `$NAME` and `${NAME}`, anywhere in a text, as `${NAME}`. */
function refer(text: string): Written | undefined {
  const pieces = text.split(/(\$\{[A-Za-z_]\w*\}|\$[A-Za-z_]\w*)/);
  if (pieces.length === 1) return undefined;
  const written = pieces.map((piece, index) => {
    const name = piece.replace(/^\$\{?|\}$/g, "");
    return index % 2 === 1 && isVariableName(name) ? variable(name).text : literal(piece).text;
  });
  return { kind: "written", text: written.join("") };
}

/** What the configuration means. Port 3456 is claude-code-router's own. */
export function readClaudeCodeRouter(root: Entry): Draft {
  const draft = new Draft();
  const host = hostOf(root.get("HOST"));
  draft.listen = {
    host: root.has("HOST") ? host : "127.0.0.1",
    port: portOf(root.get("PORT"), 3456),
  };
  const proxy = proxyText(root.get("PROXY_URL") ?? root.get("HTTPS_PROXY"), "CCR");
  const providers = [...root.itemsAt("Providers"), ...root.itemsAt("providers")]
    .flatMap((entry) => readProvider(entry, { draft, proxy }) ?? []);
  readModels(providers, draft);
  readRoles(root, { draft, providers });
  const seconds = secondsOf(root.get("API_TIMEOUT_MS"), 0.001);
  if (seconds !== undefined) draft.set({ firstByteSeconds: seconds });
  readLevel(root.get("LOG_LEVEL"), draft);
  const key = root.get("APIKEY");
  const text = key === undefined ? undefined : keyText(key, { refer, wanted: "CCR_APIKEY" });
  if (key !== undefined && text !== undefined) draft.client("claude-code", text, key);
  return draft;
}

interface Provider {
  /** As the source calls it. */
  readonly name: string;
  readonly backend: string;
  readonly models: readonly Entry[];
}

function readProvider(
  entry: Entry,
  { draft, proxy }: { readonly draft: Draft; readonly proxy: Text | undefined },
): Provider | undefined {
  // Its pages have both spellings.
  const [name, base] = [
    entry.textAt("name") ?? entry.textAt("NAME") ?? "provider",
    entry.get("api_base_url") ?? entry.get("HOST"),
  ];
  if (base === undefined) {
    entry.note("has no api_base_url; add its backend by hand");
    return undefined;
  }
  const address = base.text() ?? "";
  const dialect = dialectOf(entry, address);
  const url = urlText(base, { refer });
  if (url === undefined || dialect === undefined) {
    if (dialect === undefined) base.note(ANOTHER_PROTOCOL);
    entry.note(LEFT_OUT);
    return undefined;
  }
  const key = entry.get("api_key") ?? entry.get("APIKEY");
  if (key?.text() === "") key.note(NO_KEY);
  const keyed = key === undefined ? undefined : keyText(key, { refer, wanted: `${name}_API_KEY` });
  const backend = draft.backend({
    name,
    url: dialect === "gemini" ? withoutVersion(url) : url,
    keys: keyed === undefined ? [] : [keyed],
    dialects: [dialect],
    enabled: true,
    proxy,
    headers: [],
    maxConcurrent: 0,
    firstByteSeconds: undefined,
  });
  return { name, backend, models: [...entry.itemsAt("models"), ...entry.itemsAt("MODELS")] };
}

const NO_KEY =
  "there is no key: what the caller sends is passed on; where one is needed, write auth: inject and api_key";

const ANOTHER_PROTOCOL =
  "this provider is called in a protocol of its own, or with tokens that are fetched; " +
  "leave it out, or name a gateway that speaks OpenAI's, Anthropic's or Gemini's format";

/** By the transformers that make its requests, and by its address. */
function dialectOf(entry: Entry, address: string): DialectName | undefined {
  const used = transformersOf(entry);
  if (used.some((name) => /vertex/i.test(name)) || /aiplatform\.googleapis\.com/i.test(address)) {
    return undefined;
  }
  if (used.some((name) => /^anthropic$/i.test(name)) || /\/messages\/*$/.test(address)) {
    return "anthropic";
  }
  const isNative = /\/v1beta\/models\/*$|googleapis\.com(?:\/v1beta)?\/*$/.test(address);
  return isNative || used.some((name) => /^gemini$/i.test(name)) ? "gemini" : "openai";
}

/** The names, without making use of them: they are not carried over. */
function transformersOf(entry: Entry): readonly string[] {
  const { node } = entry;
  const transformer = node.kind === "mapping" ? node.members.get("transformer") : undefined;
  const use = transformer?.kind === "mapping" ? transformer.members.get("use") : undefined;
  const items = use?.kind === "list" ? use.items : [];
  return items.flatMap((item) => {
    const first = item.kind === "list" ? item.items[0] : item;
    return first?.kind === "scalar" ? [String(first.value)] : [];
  });
}

/** Callers of Gemini bring the version along. */
function withoutVersion(url: Text): Text {
  return url.kind === "written" ? { ...url, text: url.text.replace(/\/v1beta$/, "") } : url;
}

/** Under `provider,model`, as /model of Claude Code has it, and under the model's name alone. */
function readModels(providers: readonly Provider[], draft: Draft): void {
  providers.forEach(({ name, backend, models }, rank) => {
    for (const entry of models) {
      const model = entry.text() ?? "";
      if (model === "" || !draft.allows(model, entry)) continue;
      const full = `${name},${model}`;
      if (draft.allows(full, entry)) draft.route(full, { backend, model, rank });
      draft.route(model, { backend, model, rank });
    }
  });
}

interface Around {
  readonly draft: Draft;
  readonly providers: readonly Provider[];
}

/** An alias for each use that Router names: `default`, `background`, `think` … */
function readRoles(root: Entry, { draft, providers }: Around): void {
  const roles = root.membersAt("Router");
  const standIns = new Map(root.membersAt("fallback"));
  const router = root.get("Router");
  router?.notes.add(router, BY_NAME);
  for (const [role, entry] of roles) {
    if (entry.node.kind !== "scalar" || typeof entry.node.value !== "string") continue;
    if (!draft.allows(role, entry)) continue;
    addRole(role, entry, { draft, providers, rank: 0 });
    const more = standIns.get(role)?.items() ?? [];
    more.forEach((standIn, index) => addRole(role, standIn, { draft, providers, rank: index + 1 }));
  }
}

const BY_NAME =
  "each is an alias of that name, but nobody chooses among them for a request, and no other name leads to default: name " +
  "them in the client (Claude Code: ANTHROPIC_MODEL=default, ANTHROPIC_DEFAULT_HAIKU_MODEL=background)";

function addRole(
  role: string,
  entry: Entry,
  { draft, providers, rank }: Around & { readonly rank: number },
): void {
  const text = entry.text() ?? "";
  if (text === "") return;
  const [name = "", ...rest] = text.split(",");
  const provider = providers.find((each) => each.name.toLowerCase() === name.trim().toLowerCase());
  const model = rest.join(",").trim();
  if (provider === undefined || model === "") {
    entry.note("is no provider,model of a provider that was carried over; add a route by hand");
  } else draft.route(role, { backend: provider.backend, model, rank });
}

const LEVELS: ReadonlyMap<string, "debug" | "info" | "warn" | "error"> = new Map([
  ["trace", "debug"],
  ["debug", "debug"],
  ["info", "info"],
  ["warn", "warn"],
  ["error", "error"],
  ["fatal", "error"],
]);

function readLevel(entry: Entry | undefined, draft: Draft): void {
  const level = LEVELS.get(entry?.text()?.toLowerCase() ?? "");
  if (level !== undefined) draft.set({ level });
  else entry?.note("is no level of the log; info is written for none");
}
