/** A request's head as it goes out. https://www.rfc-editor.org/rfc/rfc9112#section-3 */
import type { BackendRequest } from "../wire/connections.ts";
import type { RawHeaders } from "../wire/headers.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TARGET = /^\/[\x21-\xff]*$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Fields that say how this hop's messages are framed: two of them could say different things. */
const OURS = /^(?:host|connection|content-length|transfer-encoding|upgrade|keep-alive|expect)$/i;

/** Why nobody could send a request, for a person; undefined where it can be sent. */
export function whyRefused({ method, target, headers }: BackendRequest): string | undefined {
  if (!TOKEN.test(method) || method === "CONNECT") return "the method is not one to be sent";
  if (!TARGET.test(target)) return "the path holds a character that no path has";
  for (const [name, value] of headers) {
    if (!TOKEN.test(name)) return "a header has a name that is no token";
    if (OURS.test(name)) return `the header ${name} is a matter of the connection`;
    if (!VALUE.test(value)) return `the header ${name} holds a character that no header has`;
  }
  return undefined;
}

/** Methods whose request has a body by its meaning, so that a length of 0 is told. */
const WITH_CONTENT: ReadonlySet<string> = new Set([
  "POST",
  "PUT",
  "PATCH",
  "QUERY",
  "PROPFIND",
  "PROPPATCH",
]);

/** The head, one byte a character, up to its blank line. */
export function requestHead(request: BackendRequest, host: string): string {
  const { method, target, headers, upgrade } = request;
  const connection = upgrade
    ? "upgrade\r\nupgrade: websocket"
    : closesAfter(request)
    ? "close"
    : "keep-alive";
  const start = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${connection}\r\n`;
  return start + linesOf(headers) + framingOf(request) + "\r\n";
}

/** After a HEAD some servers send a body all the same. */
export function closesAfter({ method }: BackendRequest): boolean {
  return method === "HEAD";
}

function linesOf(headers: RawHeaders): string {
  let lines = "";
  for (const [name, value] of headers) lines += `${name}: ${value}\r\n`;
  return lines;
}

function framingOf({ method, body }: BackendRequest): string {
  const length = "chunks" in body ? body.lengthBytes : body.length;
  if (length === undefined) return "transfer-encoding: chunked\r\n";
  if (length === 0 && !WITH_CONTENT.has(method)) return "";
  return `content-length: ${length}\r\n`;
}
