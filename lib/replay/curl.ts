/** A request as a line of curl, for a POSIX shell: one for the command and for the dashboard. */
import { Buffer } from "node:buffer";
import type { Outgoing } from "../wire/outgoing.ts";
import { inOnePiece } from "../wire/splice.ts";
import { isPlain, printfOf, quoted, quotedBytes } from "./shell_word.ts";

/** Stands for a key, so that none is on the screen or in the shell's history. */
export const KEY_VARIABLE = "LLM_PROXY_KEY";

export interface CurlOptions {
  /** Texts that are no part of the line, each by the name of the variable that stands for it. */
  readonly variables: ReadonlyMap<string, string>;
  /** Whether a proxy of the environment's may be asked on the way. */
  readonly mayUseProxy: boolean;
}

export type Curl =
  | { readonly kind: "line"; readonly line: string }
  /** Why there is none, for a person. */
  | { readonly kind: "impossible"; readonly why: string };

/**
 * Sends what the request is and nothing else: no file is read, whatever a body or header begins with
 * (`@`), no range is made of brackets, no path is shortened, and neither `~/.curlrc` nor a redirect is
 * followed. curl's own headers, those the request does not have, are turned off.
 */
export function curlOf(outgoing: Outgoing, options: CurlOptions): Curl {
  const request = { ...outgoing, body: inOnePiece(outgoing.body) };
  const why = whyNot(request);
  if (why !== undefined) return { kind: "impossible", why };
  const { method, headers, body } = request;
  const inOptions = body.length === 0 || isWord(body);
  const words = [
    // `-q` counts in the first place alone.
    `curl -q -sS -N ${options.mayUseProxy ? "" : "--noproxy '*' "}--globoff --path-as-is`,
    ...methodWords(method, body),
    ...placeWords(request, options),
    ...headers.map((header) => `-H ${headerWord(header, options)}`),
    ...curlsOwn(request).map((name) => `-H ${quoted(`${name}:`)}`),
    ...(inOptions ? dataWords(method, body) : ["--data-binary @-"]),
  ];
  const command = words.join(" ");
  const bytes = Buffer.from(body).toString("latin1");
  return { kind: "line", line: inOptions ? command : `${printfOf(bytes)} | ${command}` };
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;

function whyNot({ method, headers, body }: Outgoing): string | undefined {
  if (!TOKEN.test(method)) return `its method is ${JSON.stringify(method)}`;
  if (method === "HEAD" && body.length > 0) return "curl sends no body with HEAD";
  const odd = headers.find(([name, value]) => !TOKEN.test(name) || /[\0\r\n]/.test(value));
  return odd === undefined ? undefined : `its header ${JSON.stringify(odd[0])} is none`;
}

/** One argument may have 128 KiB on Linux, in the bytes that stand there. */
const MOST_ARGUMENT_BYTES = 100_000;

/** Whether a body can be an argument, and be read and pasted as one. */
function isWord(body: Uint8Array): boolean {
  if (body.length > MOST_ARGUMENT_BYTES) return false;
  try {
    return isPlain(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    return false;
  }
}

function methodWords(method: string, body: Uint8Array): readonly string[] {
  if (method === "HEAD") return ["--head"];
  const assumed = body.length > 0 || SAYS_LENGTH.has(method) ? "POST" : "GET";
  return method === assumed ? [] : [`-X ${quoted(method)}`];
}

/** Methods that say of no body that it is none. https://www.rfc-editor.org/rfc/rfc9110#section-8.6 */
const SAYS_LENGTH: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

function dataWords(method: string, body: Uint8Array): readonly string[] {
  if (body.length === 0 && !SAYS_LENGTH.has(method)) return [];
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
  return [`--data-raw ${quoted(text)}`];
}

/** What curl takes in a URL as it is; anything else it may refuse, or read as more than a path. */
const PLAIN_TARGET = /^\/[\w\-.~!$&'()*+,;=:@%/?[\]{}]*$/;

function placeWords({ origin, target }: Outgoing, options: CurlOptions): readonly string[] {
  if (PLAIN_TARGET.test(target)) return [`--url ${withVariables(origin + target, options)}`];
  return [`--request-target ${withVariables(target, options)}`, `--url ${quotedBytes(origin)}`];
}

/** With a colon alone curl would leave an empty header out. */
function headerWord([name, value]: readonly [string, string], options: CurlOptions): string {
  return value.trim() === "" ? quoted(`${name};`) : withVariables(`${name}: ${value}`, options);
}

/** What curl adds where nothing of the name is given. */
const CURLS_OWN = ["accept", "user-agent"];
const CURLS_OWN_WITH_BODY = ["content-type", "expect"];

function curlsOwn({ method, headers, body }: Outgoing): readonly string[] {
  const isBodily = body.length > 0 || SAYS_LENGTH.has(method);
  return [...CURLS_OWN, ...(isBodily ? CURLS_OWN_WITH_BODY : [])]
    .filter((name) => !headers.some(([other]) => other.toLowerCase() === name));
}

/** A word with each text that a variable stands for filled in by the shell. */
function withVariables(text: string, { variables }: CurlOptions): string {
  for (const [hidden, name] of variables) {
    if (!text.includes(hidden)) continue;
    const parts = text.split(hidden).map((part) => part === "" ? "" : quotedBytes(part));
    return parts.join(`"$${name}"`);
  }
  return quotedBytes(text);
}
