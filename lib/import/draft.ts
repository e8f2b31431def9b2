/** A configuration in the making: what importers say goes in, and what ours allows comes out. */
import { isReserved } from "../config/reserved_names.ts";
import { refusedName } from "./alias_names.ts";
import type { Entry } from "./entry.ts";
import { withoutCycles } from "./fallbacks.ts";
import type {
  ImportedAlias,
  ImportedBackend,
  ImportedClient,
  ImportedConfig,
  Settings,
  Text,
} from "./model.ts";
import { inTiers, shared } from "./tiers.ts";

/** A backend by the name that would be best. */
export type WantedBackend = ImportedBackend;

export interface DraftRoute {
  readonly backend: string;
  readonly model: string;
  /** Smaller is tried first; any numbers. */
  readonly rank: number;
  /** Undefined where the source says none. */
  readonly weight?: number | undefined;
}

interface DraftAlias {
  balance: ImportedAlias["balance"];
  readonly routes: DraftRoute[];
  readonly fallbackTo: { readonly to: string; readonly entry: Entry }[];
}

export class Draft {
  readonly #backends = new Map<string, ImportedBackend>();
  /** The name of each backend by all else that it is. */
  readonly #known = new Map<string, string>();
  readonly #aliases = new Map<string, DraftAlias>();
  readonly #clients: (ImportedClient & { readonly entry: Entry })[] = [];
  #settings: Settings = {};
  listen: { readonly host: string; readonly port: number } = { host: "", port: 8080 };
  defaultBackend: string | undefined;

  /** Its name: that of one which is the same but for the name, or one of its own. */
  backend({ name, ...rest }: WantedBackend): string {
    const identity = JSON.stringify(rest);
    const known = this.#known.get(identity);
    if (known !== undefined) return known;
    const own = this.#freeName(name);
    this.#known.set(identity, own);
    this.#backends.set(own, { name: own, ...rest });
    return own;
  }

  /** Whether the name of an alias is one that ours can have; it is noted where it is not. */
  allows(name: string, entry: Entry): boolean {
    const why = refusedName(name);
    if (why === undefined) return true;
    entry.note(`${why}, which no alias can have; choose another name by hand`);
    return false;
  }

  route(alias: string, route: DraftRoute): void {
    this.#alias(alias).routes.push(route);
  }

  balance(alias: string, balance: ImportedAlias["balance"]): void {
    this.#alias(alias).balance = balance;
  }

  balanceAll(balance: ImportedAlias["balance"]): void {
    for (const alias of this.#aliases.values()) alias.balance = balance;
  }

  /** Tried after those that were named before. */
  fallback(alias: string, to: string, entry: Entry): void {
    this.#alias(alias).fallbackTo.push({ to, entry });
  }

  has(alias: string): boolean {
    return (this.#aliases.get(alias)?.routes.length ?? 0) > 0;
  }

  aliasNames(): readonly string[] {
    return [...this.#aliases.keys()];
  }

  hasFallback(alias: string): boolean {
    return (this.#aliases.get(alias)?.fallbackTo.length ?? 0) > 0;
  }

  /** Another name for an alias, with routes and fallbacks of its own from now on. */
  copy(alias: string, as: string): void {
    const from = this.#aliases.get(alias);
    if (from === undefined) return;
    this.#aliases.set(as, { ...from, routes: [...from.routes], fallbackTo: [...from.fallbackTo] });
  }

  client(name: string, key: Text, entry: Entry): void {
    this.#clients.push({ name, key, entry });
  }

  set(settings: Settings): void {
    this.#settings = { ...this.#settings, ...settings };
  }

  finish(): ImportedConfig {
    const withRoutes = [...this.#aliases].filter(([, { routes }]) => routes.length > 0);
    const fallbacks = withoutCycles(
      new Map(withRoutes.map(([name, { fallbackTo }]) => [name, fallbackTo])),
    );
    const aliases = withRoutes.map(([name, { balance, routes }]) => ({
      name,
      ...shared(inTiers(routes), balance),
      fallbackTo: fallbacks.get(name) ?? [],
    }));
    const named = new Set(aliases.flatMap(({ routes }) => routes.map(({ backend }) => backend)));
    const isUsed = ({ name }: ImportedBackend) => named.has(name) || name === this.defaultBackend;
    const backends = [...this.#backends.values()].filter(isUsed);
    const clients = this.#ownClients(backends);
    return {
      listen: this.#listenText(clients),
      clients,
      backends,
      aliases,
      defaultBackend: this.defaultBackend,
      settings: this.#settings,
    };
  }

  /** Callers whose key opens nothing else: neither a backend nor the door for another. */
  #ownClients(backends: readonly ImportedBackend[]): readonly ImportedClient[] {
    const taken = new Set(backends.flatMap(({ keys }) => keys.map((key) => identityOf(key))));
    return this.#clients.flatMap(({ name, key, entry }) => {
      const identity = identityOf(key);
      if (!taken.has(identity)) {
        taken.add(identity);
        return [{ name, key }];
      }
      entry.note(
        "this key is there twice, or is a backend's as well, and a caller's must open nothing else; write another",
      );
      return [];
    });
  }

  /** Where backends' keys are spent for callers that need none, only this machine may call. */
  #listenText(clients: readonly ImportedClient[]): string {
    const { host, port } = this.listen;
    const shown = host.includes(":") ? `[${host}]` : host;
    return clients.length > 0 ? `${shown}:${port}` : `127.0.0.1:${port}`;
  }

  #alias(name: string): DraftAlias {
    const known = this.#aliases.get(name);
    if (known !== undefined) return known;
    const alias: DraftAlias = { balance: "weighted", routes: [], fallbackTo: [] };
    this.#aliases.set(name, alias);
    return alias;
  }

  #freeName(wanted: string): string {
    const plain = wanted.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60);
    const isName = plain !== "" && !isReserved(plain) && !/^[\d.]+$/.test(plain);
    const base = isName ? plain : ["backend", plain].filter((part) => part !== "").join("-");
    for (let number = 1;; number++) {
      const name = number === 1 ? base : `${base}-${number}`;
      if (!this.#backends.has(name)) return name;
    }
  }
}

function identityOf(key: Text): string {
  return key.kind === "secret" ? `secret ${key.value}` : key.text;
}
