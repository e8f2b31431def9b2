/** CLIProxyAPI's config.yaml: config.example.yaml of https://github.com/router-for-me/CLIProxyAPI */
import { parseNamePattern } from "../config/name_pattern.ts";
import type { DialectName } from "../dialect/dialect.ts";
import { Draft } from "./draft.ts";
import { readSettings } from "./cliproxyapi_settings.ts";
import { type Entry, LEFT_OUT } from "./entry.ts";
import { literal, type Text } from "./model.ts";
import { headerTexts, hostOf, keyText, portOf, proxyText, urlText } from "./parts.ts";

const refer = () => undefined;

interface Section {
  readonly key: string;
  readonly name: string;
  readonly url: string;
  readonly dialect: DialectName;
}

const SECTIONS: readonly Section[] = [
  {
    key: "gemini-api-key",
    name: "gemini",
    url: "https://generativelanguage.googleapis.com",
    dialect: "gemini",
  },
  { key: "codex-api-key", name: "codex", url: "https://api.openai.com/v1", dialect: "openai" },
  { key: "xai-api-key", name: "xai", url: "https://api.x.ai/v1", dialect: "openai" },
  { key: "claude-api-key", name: "claude", url: "https://api.anthropic.com", dialect: "anthropic" },
];

interface Around {
  readonly draft: Draft;
  readonly proxy: Text | undefined;
  readonly strategy: string;
  readonly prefixOnly: boolean;
}

/** What the configuration means. Port 8317 is CLIProxyAPI's own. */
export function readCliproxyapi(root: Entry): Draft {
  const draft = new Draft();
  draft.listen = { host: hostOf(root.get("host")), port: portOf(root.get("port"), 8317) };
  const strategy = root.get("routing")?.textAt("strategy") ?? "round-robin";
  const around: Around = {
    draft,
    proxy: proxyText(root.get("proxy-url"), "CLIPROXYAPI"),
    strategy,
    prefixOnly: root.flagAt("force-model-prefix") ?? false,
  };
  for (const section of SECTIONS) {
    for (const entry of root.itemsAt(section.key)) readCredential(entry, section, around);
  }
  for (const entry of root.itemsAt("openai-compatibility")) readCompatible(entry, around);
  if (strategy !== "weighted-round-robin" && strategy !== "fill-first") {
    draft.balanceAll("round_robin");
  }
  root.itemsAt("api-keys").forEach((entry, index) => {
    const key = keyText(entry, { refer, wanted: `PROXY_KEY_${index + 1}` });
    if (key !== undefined) draft.client(`client-${index + 1}`, key, entry);
  });
  readSettings(root, draft);
  return draft;
}

/** One key of a vendor, with a base URL and models of its own. */
function readCredential(entry: Entry, section: Section, around: Around): void {
  const { draft, proxy } = around;
  const base = entry.get("base-url");
  const isOwn = (base?.text() ?? "") === "";
  const url = base === undefined || isOwn ? literal(section.url) : urlText(base, { refer });
  if (url === undefined) return entry.note(LEFT_OUT);
  const keyEntry = entry.get("api-key");
  const key = keyEntry === undefined
    ? undefined
    : keyText(keyEntry, { refer, wanted: `${section.name}_API_KEY` });
  const backend = draft.backend({
    name: section.name,
    url,
    keys: key === undefined ? [] : [key],
    dialects: [section.dialect],
    enabled: true,
    proxy: proxyText(entry.get("proxy-url"), section.name) ?? proxy,
    headers: headerTexts(entry.get("headers"), { refer, wanted: section.name }),
    maxConcurrent: 0,
    firstByteSeconds: undefined,
  });
  const weight = entry.numberAt("weight");
  readModels(entry, { ...around, backend, weight, rank: rankOf(entry, around) });
}

/** A larger priority comes first; of the same, fill-first goes by the order in the file. */
function rankOf(entry: Entry, { strategy }: Around, index = entry.node.line): number {
  const priority = entry.numberAt("priority") ?? 0;
  return -priority * 1_000_000 + (strategy === "fill-first" ? index : 0);
}

/** A provider of OpenAI's format: its keys are one backend's, unless they differ in more. */
function readCompatible(entry: Entry, around: Around): void {
  const { draft } = around;
  const name = entry.textAt("name") ?? "openai-compatible";
  const base = entry.get("base-url");
  const url = base === undefined ? undefined : urlText(base, { refer });
  if (url === undefined) {
    return entry.note(base === undefined ? "has no base-url; add its backend by hand" : LEFT_OUT);
  }
  const off = entry.get("disabled");
  const enabled = off?.flag() !== true;
  if (!enabled) {
    off?.note("its backend is written with enabled: false; take that line away to use it");
  }
  const headers = headerTexts(entry.get("headers"), { refer, wanted: name });
  for (const { keys, proxy, weight } of keyGroups(entry, { ...around, name })) {
    const backend = draft.backend({
      name,
      url,
      keys,
      dialects: ["openai"],
      enabled,
      proxy,
      headers,
      maxConcurrent: 0,
      firstByteSeconds: undefined,
    });
    readModels(entry, { ...around, backend, weight, rank: rankOf(entry, around) });
  }
}

interface KeyGroup {
  readonly keys: readonly Text[];
  readonly proxy: Text | undefined;
  readonly weight: number | undefined;
}

function keyGroups(
  entry: Entry,
  { proxy, name }: Around & { readonly name: string },
): readonly KeyGroup[] {
  const wanted = `${name}_API_KEY`;
  const entries = entry.itemsAt("api-key-entries").map((each) => {
    const key = each.get("api-key");
    return {
      key: key === undefined ? undefined : keyText(key, { refer, wanted }),
      proxy: proxyText(each.get("proxy-url"), name) ?? proxy,
      weight: each.numberAt("weight"),
    };
  });
  const plain = entry.itemsAt("api-keys").map((key) => {
    return { key: keyText(key, { refer, wanted }), proxy, weight: undefined };
  });
  const groups = new Map<
    string,
    { keys: Text[]; proxy: Text | undefined; weight: number | undefined }
  >();
  for (const { key, proxy, weight } of [...entries, ...plain]) {
    const id = JSON.stringify([proxy, weight]);
    const group = groups.get(id) ?? { keys: [], proxy, weight };
    groups.set(id, { ...group, keys: key === undefined ? group.keys : [...group.keys, key] });
  }
  return groups.size === 0 ? [{ keys: [], proxy, weight: undefined }] : [...groups.values()];
}

function readModels(
  entry: Entry,
  { draft, backend, weight, rank, prefixOnly, strategy }: Around & {
    readonly backend: string;
    readonly weight: number | undefined;
    readonly rank: number;
  },
): void {
  const prefix = entry.textAt("prefix")?.trim() ?? "";
  const excluded = entry.itemsAt("excluded-models").map((each) =>
    parseNamePattern(each.text() ?? "")
  );
  const models = entry.itemsAt("models");
  if (models.length === 0) {
    if (draft.defaultBackend === undefined) draft.defaultBackend = backend;
    entry.notes.add(
      entry,
      "names no models, so no alias leads to it; the first of the kind is default_backend, which " +
        "takes every other name unchanged. Write an alias for each model that is called",
    );
  }
  for (const model of models) {
    const name = model.textAt("name") ?? "";
    const alias = model.textAt("alias") || name;
    if (name === "" || excluded.some(({ matches }) => matches(name))) {
      model.note(
        name === "" ? "has no name; write a route by hand" : "excluded-models takes it out",
      );
      continue;
    }
    if (!draft.allows(alias, model)) continue;
    const share = strategy === "weighted-round-robin" ? weight : undefined;
    const route = { backend, model: name, rank, weight: share };
    if (prefix === "" || !prefixOnly) draft.route(alias, route);
    if (prefix !== "" && draft.allows(`${prefix}/${alias}`, model)) {
      draft.route(`${prefix}/${alias}`, route);
    }
  }
}
