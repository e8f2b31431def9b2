/** An export of channels of new-api (https://docs.newapi.pro) or one-api: what GET /api/channel/ answers, or rows. */
import { NEW_API_TYPES, ONE_API_TYPES } from "./channel_types.ts";
import { Draft } from "./draft.ts";
import { type Entry, LEFT_OUT } from "./entry.ts";
import { addressOf, Inner, isEnabled, keysOf, organizationOf } from "./channel_parts.ts";
import { headerTexts, proxyText } from "./parts.ts";

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
  if (url === undefined) return channel.note(LEFT_OUT);
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
