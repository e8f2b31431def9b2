/** What of a configuration leads to this proxy itself, and ports that it would want twice. */
import { parseBaseUrl } from "./base_url.ts";
import type { Findings } from "./findings.ts";
import { formatListen, parseListen } from "./listen_address.ts";
import { mapping } from "./loose.ts";
import { answersOn, collide, type LocalAddresses, localAddressesOf } from "./own_addresses.ts";
import { type Fault, faultAt, type Place } from "./place.ts";
import { parseProxy } from "./proxy_url.ts";
import type { SeenBackend } from "./seen_backends.ts";
import type { ListenAddress } from "./snapshot.ts";

interface Surroundings {
  readonly backends: readonly SeenBackend[];
  readonly place: Place;
  /** Where the running proxy listens whatever is written; `undefined` at the start. */
  readonly listening: ListenAddress | undefined;
  readonly known: LocalAddresses;
}

interface Own {
  readonly key: "listen" | "admin.listen";
  readonly address: ListenAddress;
}

/** Backends that are this proxy, and `admin.listen` where `listen` is already. */
export function checkSelf(value: unknown, around: Surroundings): Findings {
  const { listen, admin } = mapping(value);
  const { listen: adminListen } = mapping(admin);
  const own: readonly Own[] = [
    ...addressOf("listen", listen ?? ":8080"),
    ...addressOf("admin.listen", adminListen ?? "127.0.0.1:8081"),
  ];
  const inUse = around.listening;
  const all = inUse === undefined ? own : [{ key: "listen", address: inUse } as const, ...own];
  const [first, second] = own;
  const isTwice = first?.key === "listen" && second !== undefined &&
    collide(first.address, second.address, around.known);
  const twice = isTwice ? [portTwice(first, second, around.place)] : [];
  return {
    errors: adminListen === undefined ? [] : twice,
    warnings: [
      ...adminListen === undefined ? twice : [],
      ...around.backends.flatMap((backend) => leadingBack(backend, all, around)),
    ],
  };
}

function addressOf(key: Own["key"], written: unknown): readonly Own[] {
  const parsed = typeof written === "string" && written !== "" ? parseListen(written) : undefined;
  return parsed?.ok === true && parsed.value.port !== 0 ? [{ key, address: parsed.value }] : [];
}

function portTwice({ address: listen }: Own, { address: admin }: Own, root: Place): Fault {
  const message = `${formatListen(admin)} is where the proxy itself listens (listen: ` +
    `${formatListen(listen)}); the dashboard needs a port of its own, such as ${
      formatListen({ ...admin, port: admin.port + 1 })
    }`;
  return faultAt(["admin", "listen"], { root, message });
}

function leadingBack(
  { value, path }: SeenBackend,
  own: readonly Own[],
  { place: root, known }: Surroundings,
): readonly Fault[] {
  const proxy = typeof value.proxy === "string" ? parseProxy(value.proxy) : undefined;
  if (proxy?.ok === true && proxy.value !== "direct") {
    const { hostname, port } = proxy.value;
    const found = ownAt({ hostname, port }, own, known);
    if (found === undefined) return [];
    const message = `is this proxy itself (${found.key}: ${formatListen(found.address)}), which ` +
      "connects nobody on; write the forward proxy's address, or leave the key out";
    return [faultAt([...path, "proxy"], { root, message })];
  }
  const parsed = typeof value.url === "string" ? parseBaseUrl(value.url) : undefined;
  if (parsed?.ok !== true) return [];
  const { hostname, port, protocol } = new URL(parsed.value.origin);
  const to = { hostname, port: Number(port || (protocol === "https:" ? 443 : 80)) };
  const found = ownAt(to, own, known);
  return found === undefined ? [] : [faultAt([...path, "url"], { root, message: wordsFor(found) })];
}

function ownAt(
  { hostname, port }: ListenAddress,
  own: readonly Own[],
  known: LocalAddresses,
): Own | undefined {
  const local = localAddressesOf(hostname, known);
  return own.find(({ address }) =>
    address.port === port && local.some((here) => answersOn(address, here, known))
  );
}

function wordsFor({ key, address }: Own): string {
  const where = `(${key}: ${formatListen(address)})`;
  return key === "listen"
    ? `leads back to this proxy itself ${where}, so that every request to it is answered 508; write ` +
      "the address of the API"
    : `leads to this proxy's own dashboard ${where}, which answers no calls of models; write the ` +
      "address of the API";
}
