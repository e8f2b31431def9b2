/** A channel's address, keys and the JSON that stands in its texts. */
import type { ChannelType } from "./channel_types.ts";
import type { Entry } from "./entry.ts";
import { parseJsonSource } from "./json_source.ts";
import { literal, type Text } from "./model.ts";
import { keyOf, missingKey, urlText } from "./parts.ts";

/** JSON that stands in a text of a channel. */
export class Inner {
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

/** Where it is; undefined where nobody can tell, which is noted. */
export function addressOf(channel: Entry, { host, below }: ChannelType): Text | undefined {
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
  return urlText(entry, { refer: () => undefined, below });
}

/** A channel that is off is noted. */
export function isEnabled(channel: Entry): boolean {
  const entry = channel.get("status");
  const status = entry?.number() ?? 1;
  if (status === 1) return true;
  entry?.note(
    "the channel was disabled: its backend is written with enabled: false; take that line away to use it",
  );
  return false;
}

/** A key a line; of several, those that were switched off are left out. */
export function keysOf(channel: Entry, name: string): readonly Text[] {
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

/** The header for it, or none. */
export function organizationOf(channel: Entry): readonly (readonly [string, Text])[] {
  const value = channel.textAt("openai_organization") ?? "";
  return /^[\x21-\x7e]+$/.test(value) ? [["OpenAI-Organization", literal(value)]] : [];
}
