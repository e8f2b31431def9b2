/** What a process has written to one of its outputs, and whoever waits for more of it. */
export class Transcript {
  /** All of it so far. */
  text = "";
  /** Resolves when the output is closed. */
  readonly ended: Promise<void>;
  #over = false;
  readonly #waiting = new Set<() => void>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#read(stream);
  }

  /**
   * Resolves once the text matches.
   *
   * @throws {Error} with the text, when the output is closed or ten seconds go by without a match
   */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const fail = (why: string) => {
        done();
        reject(new Error(`${why} without ${pattern}:\n${this.text}`));
      };
      const look = () => {
        const match = pattern.exec(this.text);
        if (match !== null) {
          done();
          resolve(match);
        } else if (this.#over) fail("The output ended");
      };
      const timer = setTimeout(() => fail("Ten seconds went by"), 10_000);
      this.#waiting.add(look);
      look();
    });
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text += text;
      this.#notify();
    }
    this.#over = true;
    this.#notify();
  }

  #notify(): void {
    for (const look of [...this.#waiting]) look();
  }
}
