/** Which addresses are this proxy's own: where it listens, and what leads there. */
import { isIP } from "node:net";
import type { ListenAddress } from "./snapshot.ts";

/** Names and the addresses of this machine that they lead to; of others nothing is known. */
export type LocalAddresses = ReadonlyMap<string, readonly string[]>;

const LOOPBACK = ["127.0.0.1", "::1"];

/** The addresses of this machine that a host in a URL, or in `listen`, leads to. */
export function localAddressesOf(host: string, known: LocalAddresses): readonly string[] {
  const name = host.toLowerCase().replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (name === "localhost" || name.endsWith(".localhost")) return LOOPBACK;
  // Who connects to no address in particular gets to this machine.
  if (name === "0.0.0.0") return ["127.0.0.1"];
  if (name === "::") return LOOPBACK;
  const address = unmapped(name);
  if (/^127\.\d+\.\d+\.\d+$/.test(address) || address === "::1") return [address];
  return known.get(name) ?? [];
}

/** `::ffff:7f00:1`, as URLs have it, is 127.0.0.1. */
function unmapped(address: string): string {
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const bytes = [high, low].flatMap((group) => {
    const value = parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join(".");
}

/** Whether who listens there answers on that address of this machine. */
export function answersOn(
  { hostname }: ListenAddress,
  address: string,
  known: LocalAddresses,
): boolean {
  if (hostname === "" || hostname === "::") return true;
  if (hostname === "0.0.0.0") return isIP(address) === 4;
  return hostname === address || localAddressesOf(hostname, known).includes(address);
}

/** Whether two could not both be listened on. */
export function collide(one: ListenAddress, other: ListenAddress, known: LocalAddresses): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  const [first, second] = [one.hostname.toLowerCase(), other.hostname.toLowerCase()];
  if (first === second) return true;
  const listened = (hostname: string) => {
    if (hostname === "" || hostname === "::") return ["0.0.0.0", "127.0.0.1", "::1", "::"];
    if (hostname === "0.0.0.0") return ["0.0.0.0", "127.0.0.1"];
    return isIP(hostname) === 0 ? localAddressesOf(hostname, known) : [hostname];
  };
  return listened(first).some((address) => answersOn(other, address, known)) ||
    listened(second).some((address) => answersOn(one, address, known));
}
