import type { Parsed } from "./parsed.ts";
import type { ListenAddress } from "./snapshot.ts";

const LISTEN = /^(?:(?<name>[A-Za-z0-9.-]*)|\[(?<ipv6>[0-9A-Fa-f:.]+)\]):(?<port>\d{1,5})$/;

/** `host:port` as an address; without a host, every interface, over IPv4 and IPv6. Port 0 asks for any free port. */
export function parseListen(text: string): Parsed<ListenAddress> {
  const { name = "", ipv6, port } = LISTEN.exec(text)?.groups ?? {};
  const hostname = ipv6 === undefined ? name : readIpv6(ipv6);
  if (port === undefined || Number(port) > 65535 || hostname === undefined) {
    return { ok: false, reason: WANTED };
  }
  return { ok: true, value: { hostname, port: Number(port) } };
}

const WANTED =
  'must be host:port with a port from 0 to 65535, such as "127.0.0.1:8080", "[::1]:8080" or ":8080"';

/** In its shortest form, so that `0:0:0:0:0:0:0:1` is seen to be loopback. */
function readIpv6(text: string): string | undefined {
  return URL.canParse(`http://[${text}]/`)
    ? new URL(`http://[${text}]/`).hostname.slice(1, -1)
    : undefined;
}

/** Whether only this machine can reach the address. */
export function isLoopback({ hostname }: ListenAddress): boolean {
  return hostname.toLowerCase() === "localhost" || hostname === "::1" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

/** The address as a person writes it. */
export function formatListen({ hostname, port }: ListenAddress): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
