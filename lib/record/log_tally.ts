/** How much space request logs take, by the minute in which their requests came in. */

interface Minute {
  readonly files: number;
  readonly bytes: number;
}

/** Where too much is kept, so much of the maximum is left: so passes are few. */
const KEPT_SHARE = 0.9;

export class LogTally {
  readonly #minutes = new Map<string, Minute>();
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(minute: string, bytes: number): void {
    const { files, bytes: before } = this.#minutes.get(minute) ?? { files: 0, bytes: 0 };
    this.#minutes.set(minute, { files: files + 1, bytes: before + bytes });
    this.#bytes += bytes;
  }

  /**
   * The first minute to keep; undefined where all may stay. Of too many, those of the newest minute
   * may, so that nothing is deleted that was only just written.
   *
   * @param oldest the first minute that is not too old
   */
  cutoff(
    { oldest, maxBytes }: { readonly oldest: string; readonly maxBytes: number },
  ): string | undefined {
    const minutes = [...this.#minutes].sort(([one], [other]) => one < other ? -1 : 1);
    const young = minutes.filter(([minute]) => minute >= oldest);
    let left = young.reduce((sum, [, { bytes }]) => sum + bytes, 0);
    let first = minutes.length - young.length;
    const mostBytes = left > maxBytes ? KEPT_SHARE * maxBytes : Infinity;
    for (; left > mostBytes && first < minutes.length - 1; first++) {
      left -= minutes[first]?.[1].bytes ?? 0;
    }
    return first === 0 ? undefined : minutes[first]?.[0] ?? oldest;
  }

  /** How many files are older than that minute. */
  filesBefore(cutoff: string): number {
    const older = [...this.#minutes].filter(([minute]) => minute < cutoff);
    return older.reduce((sum, [, { files }]) => sum + files, 0);
  }

  forgetBefore(cutoff: string): void {
    for (const [minute, { bytes }] of this.#minutes) {
      if (minute >= cutoff) continue;
      this.#minutes.delete(minute);
      this.#bytes -= bytes;
    }
  }

  /** Whether there is more than the newest minute, which stays however large it is. */
  get isDivisible(): boolean {
    return this.#minutes.size > 1;
  }
}
