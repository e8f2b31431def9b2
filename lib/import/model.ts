/** What the importers make of any source: our configuration, before it has names for its secrets. */
import type { DialectName } from "../dialect/dialect.ts";

/** A text in our notation, in which `${NAME}` is a variable and `$${` a literal. */
export interface Written {
  readonly kind: "written";
  readonly text: string;
}

/** A credential that the source has in plain text; it goes into `.env` under some name like the one wanted. */
export interface LiteralSecret {
  readonly kind: "secret";
  readonly value: string;
  readonly wanted: string;
}

export type Text = Written | LiteralSecret;

export interface ImportedBackend {
  readonly name: string;
  readonly url: Text;
  readonly keys: readonly Text[];
  readonly dialects: readonly DialectName[];
  readonly enabled: boolean;
  readonly proxy: Text | undefined;
  readonly headers: readonly (readonly [name: string, value: Text])[];
  /** 0 for no cap. */
  readonly maxConcurrent: number;
  /** Undefined for what `timeouts` says. */
  readonly firstByteSeconds: number | undefined;
}

export interface ImportedRoute {
  readonly backend: string;
  readonly model: string;
  /** Smaller is tried first. */
  readonly priority: number;
  readonly weight: number;
}

export interface ImportedAlias {
  readonly name: string;
  readonly balance: "weighted" | "round_robin" | "least_busy" | "fastest";
  readonly routes: readonly ImportedRoute[];
  readonly fallbackTo: readonly string[];
}

export interface ImportedClient {
  readonly name: string;
  readonly key: Text;
}

export interface Settings {
  readonly cooldownSeconds?: number;
  readonly affinitySeconds?: number;
  readonly firstByteSeconds?: number;
  readonly maxConcurrent?: number;
  readonly level?: "debug" | "info" | "warn" | "error";
}

export interface ImportedConfig {
  readonly listen: string;
  readonly clients: readonly ImportedClient[];
  readonly backends: readonly ImportedBackend[];
  readonly aliases: readonly ImportedAlias[];
  readonly defaultBackend: string | undefined;
  readonly settings: Settings;
}

/** A text that stands for itself, whatever is in it. */
export function literal(text: string): Written {
  return { kind: "written", text: text.replaceAll("${", () => "$${") };
}

/** A variable of the environment. */
export function variable(name: string): Written {
  return { kind: "written", text: `\${${name}}` };
}

/** Whether our placeholders can name it. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_]\w{0,99}$/.test(name);
}

/** A name for a variable made of other words, such as `OPENAI_API_KEY`. */
export function variableName(words: string): string {
  const name = words.normalize("NFKD").replace(/[^A-Za-z\d]+/g, "_").replace(/^_+|_+$/g, "")
    .toUpperCase().slice(0, 60);
  return /^[A-Z]/.test(name) ? name : name === "" ? "BACKEND" : `BACKEND_${name}`;
}
