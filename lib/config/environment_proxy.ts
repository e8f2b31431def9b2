import { isLoopback } from "./listen_address.ts";
import { noProxy } from "./no_proxy.ts";
import { parseProxyUrl } from "./proxy_url.ts";
import type { Proxy } from "./snapshot.ts";

/** The proxies that the environment names. */
export interface EnvironmentProxies {
  /** The proxy for an origin such as `https://api.provider-a.com`; undefined for none. */
  readonly proxyFor: (origin: string) => Proxy | undefined;
  /** Variables that are set and mean nothing, each a full line for a person. */
  readonly warnings: readonly string[];
}

/**
 * `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, the lower-case spelling first, as curl
 * reads them; a URL without a scheme is that of an HTTP proxy. Loopback is always reached directly.
 */
export function environmentProxies(
  env: (name: string) => string | undefined,
): EnvironmentProxies {
  const read = (name: string) => env(name.toLowerCase()) || env(name) || "";
  const proxies = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].map((name) => proxyOf(name, read));
  const [https, http, all] = proxies.map(({ proxy }) => proxy);
  const exempts = noProxy(read("NO_PROXY"));
  return {
    proxyFor(origin) {
      const { protocol, hostname: written, port } = new URL(origin);
      const hostname = written.replace(/^\[|\]$/g, "").replace(/\.$/, "");
      const usual = protocol === "https:" ? 443 : 80;
      if (isLocal(hostname) || exempts(hostname, Number(port || usual))) return undefined;
      return (protocol === "https:" ? https : http) ?? all;
    },
    warnings: proxies.flatMap(({ warning }) => warning),
  };
}

interface Named {
  readonly proxy: Proxy | undefined;
  readonly warning: readonly string[];
}

function proxyOf(name: string, read: (name: string) => string): Named {
  const text = read(name).trim();
  if (text === "") return { proxy: undefined, warning: [] };
  const parsed = parseProxyUrl(text.includes("://") ? text : `http://${text}`);
  if (parsed.ok) return { proxy: parsed.value, warning: [] };
  const warning = `The environment variable ${name} ${parsed.reason}. It is not used.`;
  return { proxy: undefined, warning: [warning] };
}

function isLocal(hostname: string): boolean {
  return isLoopback({ hostname, port: 0 }) || hostname.toLowerCase().endsWith(".localhost");
}
