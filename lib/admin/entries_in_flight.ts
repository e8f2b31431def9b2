/** Requests in flight, by id. */
import type { Entry } from "../record/entry.ts";

export class EntriesInFlight {
  /** In boxes that are emptied: a Map's own trail holds on to what it held (see wire/roster.ts). */
  readonly #boxes = new Map<string, { entry: Entry | undefined }>();

  get size(): number {
    return this.#boxes.size;
  }

  add(entry: Entry): void {
    this.#boxes.set(entry.arrival.id, { entry });
  }

  remove(id: string): void {
    const box = this.#boxes.get(id);
    if (box !== undefined) box.entry = undefined;
    this.#boxes.delete(id);
  }

  get(id: string): Entry | undefined {
    return this.#boxes.get(id)?.entry;
  }

  /** The one that arrived first comes first. */
  all(): Entry[] {
    return [...this.#boxes.values()].map(({ entry }) => entry)
      .filter((entry) => entry !== undefined);
  }

  ids(): string[] {
    return [...this.#boxes.keys()];
  }
}
