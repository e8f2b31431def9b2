/** The formats that can be imported, and how each is known by its shape. */
import { type ChannelProgram, channelsIn, readChannels } from "./channels.ts";
import { explainChannels } from "./channel_rest.ts";
import { FIRST_OF_ITS_OWN } from "./channel_types.ts";
import { readClaudeCodeRouter } from "./claude_code_router.ts";
import { explainClaudeCodeRouter } from "./claude_code_router_rest.ts";
import { readCliproxyapi } from "./cliproxyapi.ts";
import { explainCliproxyapi } from "./cliproxyapi_settings.ts";
import type { Draft } from "./draft.ts";
import { Entry, type Explain } from "./entry.ts";
import { readLitellm } from "./litellm.ts";
import { explainLitellm } from "./litellm_rest.ts";
import { Notes } from "./notes.ts";
import type { SourceNode } from "./source_node.ts";

export interface Format {
  /** As a person calls it. */
  readonly title: string;
  /** The program that it is of. */
  readonly program: string;
  readonly read: (root: Entry) => Draft;
  readonly explain: Explain;
}

export const FORMATS = {
  litellm: {
    title: "LiteLLM's config.yaml",
    program: "LiteLLM",
    read: readLitellm,
    explain: explainLitellm,
  },
  ccr: {
    title: "claude-code-router's config.json",
    program: "claude-code-router",
    read: readClaudeCodeRouter,
    explain: explainClaudeCodeRouter,
  },
  "new-api": {
    title: "an export of new-api's channels",
    program: "new-api",
    read: (root: Entry) => readChannels(root, "new-api"),
    explain: explainChannels,
  },
  "one-api": {
    title: "an export of one-api's channels",
    program: "one-api",
    read: (root: Entry) => readChannels(root, "one-api"),
    explain: explainChannels,
  },
  cliproxyapi: {
    title: "CLIProxyAPI's config.yaml",
    program: "CLIProxyAPI",
    read: readCliproxyapi,
    explain: explainCliproxyapi,
  },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof FORMATS;

/** What the document looks like; undefined for nothing that is known. */
export function recognise(node: SourceNode): FormatName | undefined {
  const keys = namesOf(node);
  const has = (...names: readonly string[]) => names.some((name) => keys.has(name));
  if (has("model_list", "litellm_settings", "router_settings")) return "litellm";
  if (has("Providers", "Router") || (has("providers") && has("APIKEY", "HOST"))) return "ccr";
  if (
    has("openai-compatibility", "api-keys", "auth-dir") ||
    [...keys].some((key) => /-api-key$/.test(key))
  ) {
    return "cliproxyapi";
  }
  return channelProgram(node);
}

/** Keys that one of the two has alone. */
const OF_NEW_API = [
  "setting",
  "settings",
  "tag",
  "auto_ban",
  "channel_info",
  "param_override",
  "header_override",
  "status_code_mapping",
  "openai_organization",
  "remark",
  "other_info",
];
const OF_ONE_API = ["config", "system_prompt", "allow_streaming", "allow_non_streaming"];

function channelProgram(node: SourceNode): ChannelProgram | undefined {
  const channels = channelsIn(new Entry(node, [], new Notes())).map((entry) => entry.node);
  const rows = channels.map(namesOf);
  if (
    rows.length === 0 ||
    !rows.every((keys) => keys.has("type") && (keys.has("models") || keys.has("key")))
  ) {
    return undefined;
  }
  const hasOf = (names: readonly string[]) =>
    rows.some((keys) => names.some((name) => keys.has(name)));
  return hasOf(OF_ONE_API) && !hasOf(OF_NEW_API) ? "one-api" : "new-api";
}

/** Whether nothing in it tells new-api from one-api, though their numbers differ. */
export function isAmbiguous(node: SourceNode): boolean {
  const channels = channelsIn(new Entry(node, [], new Notes())).map((entry) => entry.node);
  const told = channels.some((channel) => {
    const keys = namesOf(channel);
    return [...OF_NEW_API, ...OF_ONE_API].some((name) => keys.has(name));
  });
  return !told && channels.some((channel) => {
    const type = channel.kind === "mapping" ? channel.members.get("type") : undefined;
    const number = type?.kind === "scalar" ? Number(type.value) : 0;
    return number >= FIRST_OF_ITS_OWN || number === 2 || number === 4 || number === 5;
  });
}

function namesOf(node: SourceNode): ReadonlySet<string> {
  return new Set(node.kind === "mapping" ? node.members.keys() : []);
}
