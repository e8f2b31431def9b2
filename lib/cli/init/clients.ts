/** The clients that `init` knows: the format each asks in, the aliases it needs, and how it is pointed here. */
import type { ClaudeModels, Format } from "./providers.ts";

/** A model's name for callers, and which of a provider's models it means. */
export interface AliasNeed {
  readonly name: string;
  readonly model: "main" | "gemini" | keyof ClaudeModels;
}

export interface Client {
  readonly name: string;
  /** What people call it besides. */
  readonly also: readonly string[];
  /** The formats it asks in; of several, those that the providers speak. */
  readonly formats: readonly Format[];
}

/** What each format's callers ask for where nobody said otherwise. */
export const ALIASES: Readonly<Record<Format, readonly AliasNeed[]>> = {
  chat: [{ name: "gpt", model: "main" }],
  responses: [{ name: "gpt", model: "main" }],
  // With other names Claude Code assumes other limits; the last is of its side calls.
  messages: [
    { name: "claude-opus-5-5", model: "opus" },
    { name: "claude-sonnet-5-5", model: "sonnet" },
    { name: "claude-haiku-5-5", model: "haiku" },
    { name: "claude-haiku-4-5-20251001", model: "haiku" },
  ],
  gemini: [{ name: "gemini", model: "gemini" }],
};

/** Whoever asks for nothing in particular. */
export const SDK: Client = {
  name: "an SDK or curl",
  also: ["api", "python", "other"],
  formats: ["chat", "responses", "messages", "gemini"],
};

export const CLIENTS: readonly Client[] = [
  { name: "Claude Code", also: [], formats: ["messages"] },
  { name: "Codex", also: [], formats: ["responses"] },
  { name: "Gemini CLI", also: [], formats: ["gemini"] },
  { name: "opencode", also: [], formats: ["chat"] },
  { name: "Cursor", also: [], formats: ["chat"] },
  { name: "Cline", also: [], formats: ["chat"] },
  SDK,
];

export interface PointedAt {
  /** Of the proxy, without a path. */
  readonly url: string;
  /** Whether commands are for PowerShell. */
  readonly isWindows: boolean;
  /** What the client calls in each format, the first of them; undefined where nothing answers it. */
  readonly alias: (format: Format) => string | undefined;
}

/** What to type, or to write where, so that the client calls the proxy; the key may be anything. */
export function linesFor(
  { name }: Client,
  { url, isWindows, alias }: PointedAt,
): readonly string[] {
  const set = (key: string, value: string) =>
    isWindows ? `$env:${key} = "${value}"` : `export ${key}=${value}`;
  const gpt = alias("chat") ?? "gpt";
  switch (name) {
    case "Claude Code":
      return [set("ANTHROPIC_BASE_URL", url), set("ANTHROPIC_AUTH_TOKEN", "any"), "claude"];
    case "Codex":
      return [
        "in ~/.codex/config.toml:",
        `  model = "${alias("responses")}"`,
        '  model_provider = "llm-proxy"',
        "  [model_providers.llm-proxy]",
        '  name = "llm-proxy"',
        `  base_url = "${url}/v1"`,
        '  wire_api = "responses"',
      ];
    case "Gemini CLI":
      return [
        set("GOOGLE_GEMINI_BASE_URL", url),
        set("GEMINI_API_KEY", "any"),
        `gemini -m ${alias("gemini")}`,
      ];
    case "opencode":
      return [
        "in opencode.json:",
        `  { "model": "proxy/${gpt}", "provider": { "proxy": {`,
        '      "npm": "@ai-sdk/openai-compatible",',
        `      "options": { "baseURL": "${url}/v1", "apiKey": "any" },`,
        `      "models": { "${gpt}": {} } } } }`,
      ];
    case "Cursor":
      return [
        `Settings > Models > OpenAI API key: any; override its base URL, ending in /v1; model ${gpt}.`,
        "Cursor calls from its own servers: the address must be reachable from there, and then needs",
        "clients in the configuration, so that the proxy knows who calls.",
      ];
    case "Cline":
      return [`cline auth -p openai-compatible -k any -m ${gpt} -b ${url}/v1`];
    default:
      return [
        ...(alias("chat") === undefined ? [] : [`OpenAI's SDK: base_url ${url}/v1, model ${gpt}`]),
        ...(alias("messages") === undefined
          ? []
          : [`Anthropic's SDK: base_url ${url}, model ${alias("messages")}`]),
        ...(alias("gemini") === undefined
          ? []
          : [`Google's SDK: base URL ${url}, model ${alias("gemini")}`]),
      ];
  }
}
