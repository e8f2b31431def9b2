/** The one probe of each cooldown that is over: an attempt of this event loop or of another. */
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";
import type { Subject } from "./subjects.ts";

interface Probe {
  readonly subjects: readonly Subject[];
  readonly id: string;
}

export class Probes<Attempt extends object> {
  /** By subject: who probes it, as `loop:number`. */
  readonly #ids: RecentMap<string>;
  /** This loop's. */
  readonly #own = new Map<Attempt, Probe>();
  readonly #loop: number;
  #latest = 0;

  constructor({ shared, name }: { readonly shared: Shared | undefined; readonly name: string }) {
    this.#ids = new RecentMap(Infinity, { shared, name });
    this.#loop = shared?.loop ?? 0;
  }

  has(subject: Subject): boolean {
    return this.#ids.has(subject);
  }

  /** Nobody else probes these until the attempt is settled. */
  begin(subjects: readonly Subject[], attempt: Attempt): void {
    if (subjects.length === 0) return;
    const id = `${this.#loop}:${this.#latest++}`;
    this.#own.set(attempt, { subjects, id });
    for (const subject of subjects) this.#ids.set(subject, id);
  }

  settle(attempt: Attempt): void {
    const probe = this.#own.get(attempt);
    if (probe === undefined) return;
    this.#own.delete(attempt);
    for (const subject of probe.subjects) {
      if (this.#ids.get(subject) === probe.id) this.#ids.delete(subject);
    }
  }

  /** Ends those of a loop that has ended. */
  forget(loop: number): void {
    this.#ids.retain((id) => !id.startsWith(`${loop}:`));
  }

  /** What other loops do to them is not followed any more. */
  leave(): void {
    this.#ids.leave();
  }
}
