/** An export of channels of new-api (https://docs.newapi.pro) or one-api: what GET /api/channel/ answers, or rows. */
import { type ChannelType, NEW_API_TYPES, ONE_API_TYPES } from "./channel_types.ts";
import { Draft } from "./draft.ts";
import type { Entry, Explanation } from "./entry.ts";
import { parseJsonSource } from "./json_source.ts";
import { literal, type Text } from "./model.ts";
import { headerTexts, keyOf, missingKey, proxyText, urlText } from "./parts.ts";

export type ChannelProgram = "new-api" | "one-api";

/** The list of channels in its usual wrappings. */
export function channelsIn(root: Entry): readonly Entry[] {
  if (root.node.kind === "list") return root.items();
  const wrapped = ["data", "items", "channels", "channel"].map((name) => root.get(name))
    .find((entry) => entry !== undefined);
  return wrapped === undefined ? [root] : channelsIn(wrapped);
}

/** What the channels mean. Tokens and groups of users are no part of an export of channels. */
export function readChannels(root: Entry, program: ChannelProgram): Draft {
  const draft = new Draft();
  draft.listen = { host: "", port: 3000 };
  for (const channel of channelsIn(root)) readChannel(channel, { draft, program });
  return draft;
}

interface Around {
  readonly draft: Draft;
  readonly program: ChannelProgram;
}

function readChannel(channel: Entry, { draft, program }: Around): void {
  const types = program === "new-api" ? NEW_API_TYPES : ONE_API_TYPES;
  const number = channel.numberAt("type") ?? 0;
  const type = types.get(number);
  const id = channel.textAt("id") ?? "";
  const name = channel.textAt("name") || `${type?.name ?? "channel"}-${id}`;
  if (type?.dialects === undefined) {
    channel.note(
      `its type ${number}${
        type === undefined ? " is not known" : ` (${type.name}) is called in a protocol of its own`
      }, and ` +
        "formats are not translated here; leave it out, or name a gateway that speaks OpenAI's format",
    );
    return;
  }
  const url = addressOf(channel, type);
  if (url === undefined) return void channel.use();
  const enabled = isEnabled(channel);
  const inner = new Inner(channel);
  const backend = draft.backend({
    name,
    url,
    keys: keysOf(channel, name),
    dialects: type.dialects,
    enabled,
    proxy: proxyText(inner.of("setting")?.get("proxy"), name),
    headers: [
      ...headerTexts(inner.of("header_override"), { refer: () => undefined, wanted: name }),
      ...organizationOf(channel),
    ],
    maxConcurrent: 0,
    firstByteSeconds: undefined,
  });
  readModels(channel, { draft, backend, mapping: mappingOf(inner.of("model_mapping")), program });
}

/** JSON that stands in a text of a channel. */
class Inner {
  constructor(readonly channel: Entry) {}

  of(name: string): Entry | undefined {
    const entry = this.channel.get(name);
    if (entry === undefined || entry.node.kind === "mapping") return entry;
    const text = entry.text() ?? "";
    if (text.trim() === "" || text.trim() === "{}") return undefined;
    const parsed = parseJsonSource(text);
    if (parsed.ok) return entry.inner(parsed.node);
    entry.note("is not the JSON that it should be; write what it stands for by hand");
    return undefined;
  }
}

function addressOf(channel: Entry, { host, below }: ChannelType): Text | undefined {
  const entry = channel.get("base_url");
  const given = entry?.text()?.trim() ?? "";
  if (entry === undefined || given === "") {
    if (host !== undefined) return literal(host + below);
    channel.note("has no base_url, and its type has no address of its own; add it by hand");
    return undefined;
  }
  if (given.includes("{")) {
    entry.note("a url with a model in it cannot be written; add this backend by hand");
    return undefined;
  }
  const base = urlText(entry, { refer: () => undefined });
  if (base?.kind !== "written" || below === "") return base;
  // A reseller's address may have a path before it, or have it already.
  return base.text.endsWith(below) || /\/v\d+\w*(?:\/openai)?$/.test(base.text)
    ? base
    : { ...base, text: base.text + below };
}

function isEnabled(channel: Entry): boolean {
  const entry = channel.get("status");
  const status = entry?.number() ?? 1;
  if (status === 1) return true;
  entry?.note(
    "the channel was disabled: its backend is written with enabled: false; take that line away to use it",
  );
  return false;
}

/** A key a line; of several, those that were switched off are left out. */
function keysOf(channel: Entry, name: string): readonly Text[] {
  const entry = channel.get("key");
  const lines = (entry?.text() ?? "").split("\n").filter((line) => line.trim() !== "");
  if (entry === undefined || lines.length === 0 || lines.every((line) => /\*{3,}/.test(line))) {
    (entry ?? channel).notes.add(
      entry ?? channel,
      "the export holds no key: put it behind the name that api_key has",
    );
    return [missingKey(name)];
  }
  const off = disabledKeys(channel);
  return lines.flatMap((line, index) => {
    if (off.has(index)) return [];
    return keyOf(line, { entry, refer: () => undefined, wanted: `${name}_API_KEY` }) ?? [];
  });
}

function disabledKeys(channel: Entry): ReadonlySet<number> {
  const list = channel.get("channel_info")?.get("multi_key_status_list");
  const off = (list?.members() ?? []).flatMap(([index, entry]) => {
    if (entry.number() === 1) return [];
    entry.note("this key was disabled and is left out");
    return [Number(index)];
  });
  return new Set(off);
}

function organizationOf(channel: Entry): readonly (readonly [string, Text])[] {
  const value = channel.textAt("openai_organization") ?? "";
  return /^[\x21-\x7e]+$/.test(value) ? [["OpenAI-Organization", literal(value)]] : [];
}

/** From a name that is asked for to the one that is sent. */
function mappingOf(entry: Entry | undefined): ReadonlyMap<string, Entry> {
  return new Map(entry?.members() ?? []);
}

function readModels(
  channel: Entry,
  { draft, backend, mapping, program }: Around & {
    readonly backend: string;
    readonly mapping: ReadonlyMap<string, Entry>;
  },
): void {
  const entry = channel.get("models");
  const names = (entry?.text() ?? "").split(",").map((name) => name.trim()).filter((name) =>
    name !== ""
  );
  if (entry === undefined || names.length === 0) {
    channel.note("names no models; write an alias for each that is called");
    return;
  }
  const rank = -(channel.numberAt("priority") ?? 0);
  const weight = channel.get("weight");
  const share = program === "new-api" ? weight?.number() : undefined;
  for (const name of new Set(names)) {
    if (!draft.allows(name, entry)) continue;
    draft.route(name, { backend, model: mapped(name, mapping), rank, weight: share });
  }
  for (const [from, to] of mapping) {
    if (names.includes(from) || [...mapping.values()].some((other) => textOf(other) === from)) {
      to.use();
    } else {to.note(
        "the channel does not list the model that it is for, so nobody is sent there; add an alias by hand",
      );}
  }
}

/** As far as the mapping leads, which may be a few steps. */
function mapped(name: string, mapping: ReadonlyMap<string, Entry>): string {
  const seen = new Set<string>();
  let model = name;
  for (let next = mapping.get(model); next !== undefined; next = mapping.get(model)) {
    if (seen.has(model)) return name;
    seen.add(model);
    const to = textOf(next);
    if (to === "") return model;
    model = to;
  }
  return model;
}

function textOf({ node }: Entry): string {
  return node.kind === "scalar" && node.value !== null ? String(node.value).trim() : "";
}

const BOOKKEEPING =
  /(?:^|\.)(?:id|created_time|test_time|response_time|balance|balance_updated_time|used_quota|test_model|other_info|remark|tag|auto_ban|need_reconcile|is_multi_key|multi_key_\w+|success|message|total|page|page_size|type_counts|object)$/;

/** Why the rest is not carried over, by where it stands. */
export function explainChannels(kind: string): Explanation | undefined {
  const why = WHY.find(([pattern]) => pattern.test(kind))?.[1];
  if (why !== undefined) return { why, isBookkeeping: false };
  if (/(?:^|\.)group$/.test(kind)) {
    return {
      why:
        "there are no groups: every caller reaches every channel; clients[].models says who may call what",
      isBookkeeping: true,
    };
  }
  return BOOKKEEPING.test(kind)
    ? { why: "is what that program keeps for itself", isBookkeeping: true }
    : undefined;
}

const WHY: readonly (readonly [RegExp, string])[] = [
  [
    /(?:^|\.)param_override$|(?:^|\.)system_prompt$/,
    "requests pass unchanged, so nothing is put into them; callers send it",
  ],
  [
    /(?:^|\.)status_code_mapping$/,
    "a backend's status passes unchanged; detection.error_codes says which count as its failure",
  ],
  [
    /(?:^|\.)(?:setting|settings|config|other)$/,
    "there is no such setting here: requests and answers pass unchanged",
  ],
  [/(?:^|\.)allow_(?:non_)?streaming$/, "a route takes calls with and without streaming"],
  [
    /(?:^|\.)weight$/,
    "one-api does not weigh channels either; write weight on the route where it should",
  ],
];
