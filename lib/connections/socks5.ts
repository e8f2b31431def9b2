/** SOCKS5 with a user name and password. https://www.rfc-editor.org/rfc/rfc1928, …/rfc1929 */
import { Buffer } from "node:buffer";
import { isIP } from "node:net";
import type { Proxy } from "../config/snapshot.ts";
import { type ByteStream, writeAll } from "../wire/byte_stream.ts";
import { proxyFault } from "./proxy_fault.ts";
import { readExactly } from "./socket_reader.ts";

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const USER_AND_PASSWORD = 2;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** https://www.rfc-editor.org/rfc/rfc1928#section-6 */
const REPLIES: readonly string[] = [
  "",
  "a general failure",
  "connection not allowed by its rules",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "time to live expired",
  "command not supported",
  "address type not supported",
];

export interface SocksTarget {
  /** A name, which the proxy resolves, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly proxy: Proxy;
}

/**
 * Has the proxy connect on to the target; what then passes is the backend's.
 *
 * @throws {ProxyFault} what it answered instead
 */
export async function socksConnect(stream: ByteStream, target: SocksTarget): Promise<void> {
  await authenticate(stream, target.proxy);
  const address = [...addressOf(target.hostname), ...portOf(target)];
  await writeAll(stream, Buffer.from([VERSION, CONNECT, 0, ...address]));
  const [version, reply = 0, , kind] = await readExactly(stream, 4);
  if (version !== VERSION) throw notSocks();
  if (reply !== 0) throw proxyFault(`could not connect on: ${REPLIES[reply] ?? `reply ${reply}`}`);
  // Where it connected from matters to nobody, but has to be taken off the connection.
  if (kind !== IPV4 && kind !== IPV6 && kind !== NAME) throw notSocks();
  const [length = 0] = kind === NAME ? await readExactly(stream, 1) : [kind === IPV4 ? 4 : 16];
  await readExactly(stream, length + 2);
}

async function authenticate(stream: ByteStream, { user, password }: Proxy): Promise<void> {
  const known = user !== "" || password !== "";
  const methods = known ? [NO_AUTHENTICATION, USER_AND_PASSWORD] : [NO_AUTHENTICATION];
  await writeAll(stream, Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method = -1] = await readExactly(stream, 2);
  if (version !== VERSION) throw notSocks();
  if (method === NO_AUTHENTICATION) return;
  if (!methods.includes(method)) {
    throw proxyFault(known ? "takes no user name and password" : "wants a user name and password");
  }
  await writeAll(stream, Buffer.from([1, ...field(user), ...field(password)]));
  const [, status] = await readExactly(stream, 2);
  if (status !== 0) throw proxyFault("refused the user name and password");
}

function notSocks(): Error {
  return proxyFault("answered with something that is not SOCKS5");
}

function field(text: string): number[] {
  const bytes = [...Buffer.from(text, "utf8")];
  return [bytes.length, ...bytes];
}

function portOf({ port }: SocksTarget): number[] {
  return [port >> 8, port & 0xff];
}

function addressOf(hostname: string): number[] {
  const family = isIP(hostname);
  if (family === 0) return [NAME, ...field(hostname)];
  return family === 4 ? [IPV4, ...hostname.split(".").map(Number)] : [IPV6, ...ipv6(hostname)];
}

/** The 16 bytes of an IPv6 address as a URL has it: without an IPv4 part or a zone. */
function ipv6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const groups = (text = "") =>
    text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
