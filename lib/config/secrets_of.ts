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

function proxyCredentials(proxy = ""): readonly string[] {
  const [, password] = /^[a-z\d+.-]+:\/\/[^/@:]*:([^/@]+)@/i.exec(proxy) ?? [];
  return password === undefined ? [] : [password];
}
