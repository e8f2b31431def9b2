import { proven } from "./parsed.ts";
import { parseProxy } from "./proxy_url.ts";
import type { Config } from "./schema.ts";

/** Every credential that the configuration holds. */
export function secretsOf({ backends, clients = [], admin }: Config): readonly string[] {
  const ofBackends = backends.flatMap(({ api_key, proxy, headers }) => [
    ...[api_key ?? []].flat(),
    ...proxyCredentials(proxy),
    ...Object.values(headers.set).filter((value) => value.length >= SECRET_FROM_CHARACTERS),
  ]);
  const all = [...ofBackends, ...clients.map(({ key }) => key), admin.token];
  return [...new Set(all.filter((secret) => secret !== ""))];
}

/** A header that is set may well hold a key; what is short is more likely a word. */
const SECRET_FROM_CHARACTERS = 16;

/** The password as written (perhaps percent-encoded) and as the proxy is sent it, alone and in Basic. */
function proxyCredentials(text = "direct"): readonly string[] {
  const proxy = proven(parseProxy(text));
  if (proxy === "direct" || proxy.password === "") return [];
  const [, written = ""] = /^[^:]+:\/\/[^/@:]*:([^/]+)@/.exec(text) ?? [];
  return [written, proxy.password];
}
