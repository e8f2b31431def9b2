import { BlockList, isIP } from "node:net";

/**
 * What NO_PROXY exempts: names (and all below them), addresses, ranges of addresses (CIDR), each
 * with a port or without, separated by commas or spaces; `*` is everything. As in curl and Go, a
 * leading dot or `*.` is no matter.
 */
export function noProxy(list: string): (hostname: string, port: number) => boolean {
  const tests = list.split(/[\s,]+/).filter((entry) => entry !== "").map(testOf);
  return (hostname, port) => tests.some((exempts) => exempts(hostname.toLowerCase(), port));
}

type Test = (hostname: string, port: number) => boolean;

function testOf(entry: string): Test {
  if (entry === "*") return () => true;
  const range = /^\[?([\da-f.:]+)\]?\/(\d{1,3})$/i.exec(entry);
  if (range !== null) return inRange(range[1] ?? "", Number(range[2]));
  const { bracketed, plain, bare, port } = ENTRY.exec(entry)?.groups ?? {};
  const host = bracketed ?? plain ?? bare ?? "";
  const name = isIP(host) === 0 ? host.toLowerCase().replace(/^\*?\./, "") : shortest(host);
  return (hostname, asked) =>
    (port === undefined || Number(port) === asked) &&
    (hostname === name || (isIP(hostname) === 0 && hostname.endsWith(`.${name}`)));
}

/** An IPv6 address has its port, if any, after brackets. */
const ENTRY =
  /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:]+))(?::(?<port>\d+))?$|^(?<bare>[\da-f:.]+)$/i;

/** A range that is none exempts nothing. */
function inRange(address: string, bits: number): Test {
  const list = new BlockList();
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  try {
    list.addSubnet(address, bits, family);
  } catch {
    return () => false;
  }
  const wanted = family === "ipv6" ? 6 : 4;
  return (hostname) => isIP(hostname) === wanted && list.check(hostname, family);
}

/** An address as a URL has it, so that `0:0:0:0:0:0:0:1` is `::1`. */
function shortest(address: string): string {
  const host = isIP(address) === 6 ? `[${address}]` : address;
  return new URL(`http://${host}/`).hostname.replace(/^\[|\]$/g, "");
}
