/** What a proxy is asked for before a connection through it is the backend's. */
import { isIP } from "node:net";
import type { Proxy } from "../config/snapshot.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import { connectOn } from "./http_connect.ts";
import { socksConnect } from "./socks5.ts";

/** Where connections go. */
export interface Target {
  /** A name, or an address without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Has the proxy at the other end connect on to the target. */
export function passOn(
  stream: ByteStream,
  { hostname, port }: Target,
  proxy: Proxy,
): Promise<void> {
  if (proxy.kind === "socks5") return socksConnect(stream, { hostname, port, proxy });
  const authority = isIP(hostname) === 6 ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  return connectOn(stream, { authority, proxy });
}
