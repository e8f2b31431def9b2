/** An imported configuration as text: commented, in the order of config.example.yaml. */
import type { ImportedAlias, ImportedBackend, ImportedConfig, Settings } from "./model.ts";
import { oneLine } from "./notes.ts";
import type { SecretNames } from "./secret_names.ts";

export interface WriteOptions {
  readonly names: SecretNames;
  /** What it was made of, such as `config.yaml of LiteLLM`. */
  readonly origin: string;
  /** What could not be carried over, a line each. */
  readonly notes: readonly string[];
}

/** The text of the configuration. Every value is quoted, whatever is in it. */
export function writeConfig(
  config: ImportedConfig,
  { names, origin, notes }: WriteOptions,
): string {
  const { clients, backends, aliases, defaultBackend, settings } = config;
  const lines = [
    `# The configuration of llm-proxy, made from ${oneLine(origin)}.`,
    "# Every key it may have, with its default: config.example.yaml, or docs/configuration.md.",
    "",
    "# Where callers connect.",
    `listen: ${quoted(config.listen)}`,
    "",
    ...clientLines(clients.map(({ name, key }) => [name, names.textOf(key)])),
    "# The APIs that requests can go to. With auth: inject, api_key is sent in place of the caller's.",
    "backends:",
    ...backends.flatMap((backend) => backendLines(backend, names)),
    "",
    "# The names callers use for models, and where each leads; the smallest priority is tried first.",
    "models:",
    ...aliases.flatMap(aliasLines),
    ...defaultBackend === undefined ? [] : [
      "",
      "# Takes what no alias takes, its model's name unchanged.",
      `default_backend: ${quoted(defaultBackend)}`,
    ],
    ...settingLines(settings),
    ...notes.length === 0 ? [] : ["", "# Not carried over, or not as it was:"],
    ...notes.map((note) => `# - ${oneLine(note)}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** As YAML and JSON both have it, with escapes for what no YAML may hold. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function literal(text: string): string {
  return quoted(text.replaceAll("${", () => "$${"));
}

function clientLines(clients: readonly (readonly [name: string, key: string])[]): string[] {
  if (clients.length === 0) {
    return ["# Nobody needs a key to call, so only this machine may: add clients to open it.", ""];
  }
  return [
    "# Who may call, each with a key of its own for this proxy.",
    "clients:",
    ...clients.map(([name, key]) => `  - { name: ${quoted(name)}, key: ${quoted(key)} }`),
    "",
  ];
}

function backendLines(backend: ImportedBackend, names: SecretNames): string[] {
  const keys = backend.keys.map((key) => quoted(names.textOf(key)));
  const dialects = backend.dialects.map(quoted);
  const headers = backend.headers.map(([name, value]) => {
    return `${quoted(name)}: ${quoted(names.textOf(value))}`;
  });
  return [
    `  - name: ${quoted(backend.name)}`,
    `    url: ${quoted(names.textOf(backend.url))}`,
    ...keys.length === 0 ? [] : [
      "    auth: inject",
      `    api_key: ${keys.length === 1 ? keys[0] : `[${keys.join(", ")}]`}`,
    ],
    `    dialect: ${dialects.length === 1 ? dialects[0] : `[${dialects.join(", ")}]`}`,
    ...backend.enabled ? [] : ["    enabled: false # as it was"],
    ...backend.proxy === undefined ? [] : [`    proxy: ${quoted(names.textOf(backend.proxy))}`],
    ...headers.length === 0 ? [] : [`    headers: { set: { ${headers.join(", ")} } }`],
    ...backend.maxConcurrent === 0 ? [] : [`    max_concurrent: ${backend.maxConcurrent}`],
    ...backend.firstByteSeconds === undefined
      ? []
      : [`    timeouts: { first_byte_seconds: ${backend.firstByteSeconds} }`],
  ];
}

function aliasLines({ name, balance, routes, fallbackTo }: ImportedAlias): string[] {
  const isShort = balance === "weighted" && fallbackTo.length === 0;
  const indent = isShort ? "    " : "      ";
  const lines = routes.map(({ backend, model, priority, weight }) => {
    const share = weight === 1 ? "" : `, weight: ${weight}`;
    return `${indent}- { backend: ${quoted(backend)}, model: ${
      literal(model)
    }, priority: ${priority}${share} }`;
  });
  if (isShort) return [`  ${quoted(name)}:`, ...lines];
  return [
    `  ${quoted(name)}:`,
    ...balance === "weighted" ? [] : [`    balance: ${balance}`],
    "    routes:",
    ...lines,
    ...fallbackTo.length === 0 ? [] : [`    fallback_to: [${fallbackTo.map(literal).join(", ")}]`],
  ];
}

function settingLines(settings: Settings): string[] {
  const { cooldownSeconds, affinitySeconds, firstByteSeconds, maxConcurrent, level } = settings;
  const fallback = [
    ...cooldownSeconds === undefined ? [] : [
      "  # How long a failed route is left alone when the backend does not say.",
      `  cooldown_seconds: ${cooldownSeconds}`,
      ...cooldownSeconds > 3600 ? [`  max_cooldown_seconds: ${cooldownSeconds}`] : [],
    ],
    ...affinitySeconds === undefined ? [] : [
      "  # A conversation stays on the backend that served it this recently.",
      `  affinity_seconds: ${affinitySeconds}`,
    ],
  ];
  return [
    ...fallback.length === 0 ? [] : ["", "fallback:", ...fallback],
    ...firstByteSeconds === undefined ? [] : [
      "",
      "timeouts:",
      `  first_byte_seconds: ${firstByteSeconds} # request sent to head of the response`,
    ],
    ...maxConcurrent === undefined ? [] : [
      "",
      "limits:",
      `  max_concurrent: ${maxConcurrent} # most requests in flight`,
    ],
    ...level === undefined ? [] : ["", "logging:", `  level: ${level}`],
  ];
}
