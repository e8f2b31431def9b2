/**
 * Things that come and go with every request. A Set does the same, but V8 leaves a trail of its old
 * tables, each with what it held: once one of them is in the old generation, whole requests stay in
 * memory until the next full collection, and are moved about meanwhile.
 */
export interface Place<Member> {
  /** Undefined once it is gone, so that whoever keeps the place keeps nothing else. */
  member: Member | undefined;
  /** Where it is among the members; -1 where it is none any more. */
  index: number;
}

export class Roster<Member> {
  readonly #places: Place<Member>[] = [];

  get size(): number {
    return this.#places.length;
  }

  add(member: Member): Place<Member> {
    const place = { member, index: this.#places.length };
    this.#places.push(place);
    return place;
  }

  /** Only the first time counts. */
  remove(place: Place<Member>): void {
    if (place.index < 0) return;
    const last = this.#places.pop();
    if (last !== undefined && last !== place) {
      this.#places[place.index] = last;
      last.index = place.index;
    }
    place.index = -1;
    place.member = undefined;
  }

  /** Those that are there now, in no order. */
  members(): Member[] {
    return this.#places.map(({ member }) => member).filter((member) => member !== undefined);
  }
}
