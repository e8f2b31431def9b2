import { formatListen } from "./listen_address.ts";
import type { Snapshot, TlsFiles } from "./snapshot.ts";

type Front = Pick<Snapshot, "listen" | "tls">;

/** Says of each reload what it asks for that takes a restart, once for the same wish. */
export class RestartNotices {
  readonly #inUse: Front;
  #asked: Front;

  /** @param inUse where and as what the proxy listens until it ends */
  constructor(inUse: Front) {
    this.#inUse = inUse;
    this.#asked = inUse;
  }

  of(asked: Front): readonly string[] {
    const before = this.#asked;
    this.#asked = asked;
    return [...this.#ofListen(asked, before), ...this.#ofTls(asked, before)];
  }

  #ofListen({ listen }: Front, before: Front): readonly string[] {
    const [now, inUse, then] = [listen, this.#inUse.listen, before.listen].map(formatListen);
    if (now === inUse || now === then) return [];
    return [
      `listen is now ${now}, which needs a restart; until then the proxy listens on ${inUse}. The rest ` +
      "is in force",
    ];
  }

  #ofTls({ tls }: Front, before: Front): readonly string[] {
    const inUse = this.#inUse.tls;
    if (isSame(tls, inUse) || isSame(tls, before.tls)) return [];
    const how = inUse === undefined ? "without TLS" : "with the certificate it started with";
    return [
      "tls, or a file that it names, has changed, which needs a restart; until then the proxy serves " +
      `${how}. The rest is in force`,
    ];
  }
}

function isSame(one: TlsFiles | undefined, other: TlsFiles | undefined): boolean {
  return one?.cert === other?.cert && one?.key === other?.key;
}
