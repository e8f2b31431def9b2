/** CONNECT through an HTTP proxy. https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6 */
import { Buffer } from "node:buffer";
import type { Proxy } from "../config/snapshot.ts";
import { type ByteStream, writeAll } from "../wire/byte_stream.ts";
import { proxyFault } from "./proxy_fault.ts";
import { readExactly } from "./socket_reader.ts";

/** Most of an answer's head that is read. */
const MAX_HEAD_BYTES = 16 * 1024;

/**
 * Has the proxy connect on to `authority`; what then passes is the backend's.
 *
 * @throws {ProxyFault} what it answered instead of a 2xx
 */
export async function connectOn(
  stream: ByteStream,
  { authority, proxy }: { readonly authority: string; readonly proxy: Proxy },
): Promise<void> {
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...authorization(proxy)];
  await writeAll(stream, Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"));
  const head = await readHead(stream);
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |\r)/.exec(head) ?? [];
  if (status === undefined) {
    throw proxyFault("answered CONNECT with something that is not HTTP/1.1");
  }
  if (!status.startsWith("2")) {
    throw proxyFault(`answered CONNECT with ${status}${meaning(status)}`);
  }
}

/** Basic, in UTF-8. https://www.rfc-editor.org/rfc/rfc7617#section-2.1 */
function authorization({ user, password }: Proxy): string[] {
  if (user === "" && password === "") return [];
  const credentials = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
  return [`Proxy-Authorization: Basic ${credentials}`];
}

/** Byte by byte, so that nothing after the head is taken. */
async function readHead(stream: ByteStream): Promise<string> {
  let head = "";
  while (!head.endsWith("\r\n\r\n")) {
    if (head.length >= MAX_HEAD_BYTES) throw proxyFault("answered CONNECT with too long a head");
    head += (await readExactly(stream, 1)).toString("latin1");
    if (!"HTTP/1.".startsWith(head.slice(0, 7))) {
      throw proxyFault("answered CONNECT with something that is not HTTP/1.1");
    }
  }
  return head;
}

function meaning(status: string): string {
  return status === "407" ? ": it wants other credentials" : "";
}
