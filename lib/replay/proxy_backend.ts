import { formatListen } from "../config/listen_address.ts";
import type { Backend, Snapshot } from "../config/snapshot.ts";

/**
 * The running proxy as a backend, whose own certificate is trusted.
 *
 * @param origin where it listens; default what the configuration says
 */
export function proxyBackend(snapshot: Snapshot, origin = originOf(snapshot)): Backend {
  const { tls, backends } = snapshot;
  const [like] = backends.values();
  if (like === undefined) throw new Error("A configuration has a backend");
  return {
    ...like,
    name: "llm-proxy",
    origin,
    basePath: "",
    auth: "passthrough",
    keys: [],
    proxy: "direct",
    roots: tls === undefined ? [] : [tls.cert],
  };
}

const ANY_INTERFACE: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);

function originOf({ listen, tls }: Snapshot): string {
  const hostname = ANY_INTERFACE.has(listen.hostname) ? "127.0.0.1" : listen.hostname;
  return `${tls === undefined ? "http" : "https"}://${formatListen({ ...listen, hostname })}`;
}
