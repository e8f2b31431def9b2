/** Asks the machine what a configuration is to be checked against. */
import { isIP } from "node:net";
import { type Identities, type PurposeOptions, purposePaths } from "./file_purposes.ts";
import { parseListen } from "./listen_address.ts";
import { mapping } from "./loose.ts";
import type { Machine } from "./machine.ts";
import type { LocalAddresses } from "./own_addresses.ts";
import { seenBackends } from "./seen_backends.ts";

export interface Seen {
  readonly identities: Identities;
  readonly known: LocalAddresses;
}

/** Nothing is known but what is written. */
export const UNSEEN: Seen = { identities: new Map(), known: new Map() };

/** More names and files are not asked for. */
const MOST_ASKED = 200;

export async function lookAround(
  value: unknown,
  options: Omit<PurposeOptions, "identities"> & { readonly machine: Machine },
): Promise<Seen> {
  const { machine } = options;
  const paths = [...new Set(purposePaths(value, options))].slice(0, MOST_ASKED);
  const hosts = hostsOf(value, options).slice(0, MOST_ASKED);
  const [identities, known] = await Promise.all([
    asked(paths, machine.identify),
    asked(hosts, machine.localAddresses),
  ]);
  return { identities, known };
}

async function asked<Answer>(
  names: readonly string[],
  ask: (name: string) => Promise<Answer>,
): Promise<ReadonlyMap<string, Answer>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await ask(name)] as const)));
}

/** Those of backends and proxies on a port that is ours, and of where we listen; no name server is asked for others. */
function hostsOf(
  value: unknown,
  { place }: Pick<PurposeOptions, "place">,
): readonly string[] {
  const { listen = ":8080", admin } = mapping(value);
  const { listen: adminListen = "127.0.0.1:8081" } = mapping(admin);
  const own = [listen, adminListen].flatMap((text) => {
    const parsed = parseListen(String(text));
    return parsed.ok ? [parsed.value] : [];
  });
  const ports = new Set(own.map(({ port }) => port));
  const urls = seenBackends(value, place).flatMap(({ value: { url, proxy } }) => [url, proxy]);
  const others = urls.flatMap((url) => {
    if (typeof url !== "string" || !URL.canParse(url)) return [];
    const { hostname, port, protocol } = new URL(url);
    return ports.has(Number(port || (protocol === "https:" ? 443 : 80))) ? [hostname] : [];
  });
  const names = [...own.map(({ hostname }) => hostname), ...others];
  return [...new Set(names.map((name) => name.toLowerCase().replace(/^\[|\]$/g, "")))].filter(
    (name) => name !== "" && (isIP(name) !== 0 || name !== "localhost"),
  );
}
