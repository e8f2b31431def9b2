/** Names for requests: random, so that those of several runs do not meet in one directory. */

/** Random numbers come from the system by so many at once, which is what costs. */
const AT_ONCE = 256;

export class RequestIds {
  readonly #numbers = new Uint32Array(AT_ONCE);
  #used = AT_ONCE;

  /** Eight hexadecimal digits. */
  next(): string {
    if (this.#used === AT_ONCE) {
      crypto.getRandomValues(this.#numbers);
      this.#used = 0;
    }
    return this.#numbers[this.#used++]!.toString(16).padStart(8, "0");
  }
}
