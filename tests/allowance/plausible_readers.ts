/**
 * Five readers as backends may have them, written here from their descriptions and not from lib/: each
 * tells the models that it would see in a request.
 */

export interface ReadRequest {
  readonly target: string;
  /** Empty for none. */
  readonly contentType: string;
  /** One character a byte. */
  readonly body: string;
}

export type Reader = (request: ReadRequest) => string[];

type Json = string | number | boolean | null | readonly Json[] | Pairs;

/** An object with every member that was written. */
interface Pairs {
  readonly pairs: readonly (readonly [string, Json])[];
}

/** JSON members in any case, at any depth; but not in what a tool was given. */
const anyCase: Reader = ({ body }) => namesUnder(parsed(body));

const firstWins: Reader = ({ body }) => {
  const first = membersOf(parsed(body)).find(([key]) => key === "model");
  return first === undefined ? [] : stringsIn(first[1]);
};

const lastWins: Reader = ({ body }) => {
  try {
    const { model } = Object(JSON.parse(utf8(body)));
    return typeof model === "string" ? [model] : [];
  } catch {
    return [];
  }
};

/** A query split by `;` too. */
const query: Reader = ({ target }) => {
  const [, written = ""] = /\?(.*)$/s.exec(target) ?? [];
  return fieldsOf(written).filter(([name]) => /^models?(\[\d*\])?$/i.test(name))
    .map(([, value]) => value);
};

/** A form by its fields' names alone, quoted in any way or not; a file or not. */
const formByName: Reader = ({ contentType, body }) => {
  if (/urlencoded/i.test(contentType)) {
    return fieldsOf(body).filter(([name]) => /^models?(\[\d*\])?$/i.test(name))
      .map(([, value]) => value);
  }
  const [, , boundary] = /boundary=("?)([^";,\s]+)\1/i.exec(contentType) ?? [];
  if (boundary === undefined) return [];
  return body.split(`--${boundary}`).flatMap((part) => {
    const [head = "", ...rest] = part.split(/\r?\n\r?\n/);
    const named = /[;\s]name\s*=\s*["']?models?(\[\d*\])?["']?\s*(?:;|\r|\n|$)/i.test(head);
    return named ? [rest.join("\r\n\r\n").replace(/\r?\n$/, "")] : [];
  });
};

export const READERS: Readonly<Record<string, Reader>> = {
  "JSON members in any case": anyCase,
  "first key wins": firstWins,
  "last key wins": lastWins,
  "query by ; too": query,
  "form by name only": formByName,
};

function fieldsOf(text: string): [string, string][] {
  return text.split(/[&;]/).map((field) => {
    const [name = "", ...value] = field.split("=");
    return [decoded(name), decoded(value.join("="))];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function namesUnder(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(namesUnder);
  return membersOf(value).flatMap(([key, inner]) => {
    if (key === "input") return [];
    const isModel = ["model", "models"].includes(key.toLowerCase());
    return isModel ? stringsIn(inner) : namesUnder(inner);
  });
}

function stringsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.flatMap(stringsIn) : [];
}

function membersOf(value: Json | undefined): Pairs["pairs"] {
  return typeof value === "object" && value !== null && "pairs" in value ? value.pairs : [];
}

function utf8(body: string): string {
  return new TextDecoder().decode(Uint8Array.from(body, (byte) => byte.charCodeAt(0)));
}

/** A body as JSON with all its members; undefined where it is none. */
function parsed(body: string): Json | undefined {
  try {
    const tokens = utf8(body).match(/"(?:\\.|[^"\\])*"|[[\]{},:]|[^\s[\]{},:"]+/gs) ?? [];
    return valueOf(tokens, { at: 0 });
  } catch {
    return undefined;
  }
}

function valueOf(tokens: readonly string[], cursor: { at: number }): Json {
  const token = tokens[cursor.at++];
  if (token === undefined) throw new Error("cut short");
  if (token === "[") return listOf(tokens, cursor);
  return token === "{" ? pairsOf(tokens, cursor) : JSON.parse(token);
}

function listOf(tokens: readonly string[], cursor: { at: number }): Json[] {
  const values: Json[] = [];
  while (tokens[cursor.at] !== "]") {
    values.push(valueOf(tokens, cursor));
    if (tokens[cursor.at] === ",") cursor.at++;
  }
  cursor.at++;
  return values;
}

function pairsOf(tokens: readonly string[], cursor: { at: number }): Pairs {
  const pairs: [string, Json][] = [];
  while (tokens[cursor.at] !== "}") {
    const key = JSON.parse(tokens[cursor.at++] ?? "");
    cursor.at++;
    pairs.push([key, valueOf(tokens, cursor)]);
    if (tokens[cursor.at] === ",") cursor.at++;
  }
  cursor.at++;
  return { pairs };
}
