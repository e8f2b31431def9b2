import type { Parsed } from "./parsed.ts";

/** Where the values of placeholders come from. */
export interface PlaceholderSource {
  readonly env: (name: string) => string | undefined;
  /** The content of a file, by its path as written. */
  readonly file: (path: string) => Parsed<string>;
}

type Piece =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "env"; readonly name: string; readonly fallback: string | undefined }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "malformed" };

const PLACEHOLDER = /\$\$\{|\$\{([^}]*)(\}?)/g;

/**
 * The text with `${NAME}`, `${NAME:-default}` and `${file:PATH}` replaced and `$${` as a literal `${`.
 * What was put in is not read again. A failure names the variable or the file, never a value.
 * As in a shell, `:-` also stands in for a variable that is set but empty.
 */
export function replacePlaceholders(text: string, source: PlaceholderSource): Parsed<string> {
  const values = pieces(text).map((piece) => valueOf(piece, source));
  const reasons = values.flatMap((value) => value.ok ? [] : [value.reason]);
  if (reasons.length > 0) return { ok: false, reason: reasons.join("; ") };
  return { ok: true, value: values.map((value) => value.ok ? value.value : "").join("") };
}

/** The paths of the `${file:PATH}` placeholders in a text, as written. */
export function placeholderFiles(text: string): readonly string[] {
  return pieces(text).flatMap((piece) => piece.kind === "file" ? [piece.path] : []);
}

/** The names of the variables in a text. */
export function placeholderNames(text: string): readonly string[] {
  return pieces(text).flatMap((piece) => piece.kind === "env" ? [piece.name] : []);
}

/** Whether something of the text comes from the environment or a file. */
export function hasPlaceholder(text: string): boolean {
  return pieces(text).some(({ kind }) => kind === "env" || kind === "file");
}

function pieces(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) found.push({ kind: "literal", text: text.slice(end, match.index) });
    found.push(pieceOf(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: "literal", text: text.slice(end) });
  return found;
}

function pieceOf([whole, inside = "", close]: RegExpExecArray): Piece {
  if (whole === "$${") return { kind: "literal", text: "${" };
  if (close === "") return { kind: "malformed" };
  if (inside.startsWith("file:") && inside.length > 5) {
    return { kind: "file", path: inside.slice(5) };
  }
  const match = /^([A-Za-z_]\w*)(?::-(.*))?$/s.exec(inside);
  if (match?.[1] === undefined) return { kind: "malformed" };
  return { kind: "env", name: match[1], fallback: match[2] };
}

function valueOf(piece: Piece, source: PlaceholderSource): Parsed<string> {
  switch (piece.kind) {
    case "literal":
      return { ok: true, value: piece.text };
    case "env":
      return variable(piece, source.env(piece.name));
    case "file":
      return source.file(piece.path);
    case "malformed":
      return { ok: false, reason: MALFORMED };
  }
}

const MALFORMED =
  "a placeholder is ${NAME}, ${NAME:-default} or ${file:PATH}; for a literal ${ write $${";

function variable(piece: Piece & { kind: "env" }, value: string | undefined): Parsed<string> {
  const { name, fallback } = piece;
  if (fallback !== undefined) return { ok: true, value: value || fallback };
  if (value !== undefined) return { ok: true, value };
  return {
    ok: false,
    reason: `the environment variable ${name} is not set; set it, there or in .env beside the ` +
      `configuration, or write \${${name}:-default}`,
  };
}

/** Whether a number is written in plain decimal digits. */
export function isPlainNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text);
}

/**
 * What a placeholder gave as a number or boolean of YAML's core schema, spaces around it aside; undefined
 * for other text. https://yaml.org/spec/1.2.2/#1032-tag-resolution
 */
export function coreScalar(text: string): number | boolean | undefined {
  const scalar = text.trim();
  if (/^(?:true|True|TRUE)$/.test(scalar)) return true;
  if (/^(?:false|False|FALSE)$/.test(scalar)) return false;
  return CORE_NUMBER.test(scalar) ? Number(scalar) : undefined;
}

const CORE_NUMBER = /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+)$/;
