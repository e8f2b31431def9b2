/**
 * The file of the general log. It is found anew for each write, so that it may be deleted, moved away, cut
 * and rotated as anybody likes; lines that find no room wait for it.
 */
import { seenAt, type SeenFile, seenIn } from "../system/seen_file.ts";
import type { Finding, KeptFile } from "./kept_files.ts";
import { LogSight } from "./log_sight.ts";
import { ownStream } from "./own_stream.ts";
import { appendPrivately } from "./private_file.ts";
import { countOf, type Unwritten } from "./unwritten.ts";
import { errorWords } from "../system/error_words.ts";

export interface GeneralLogFileOptions {
  readonly path: string;
  /** What may be written to for no purpose of ours, or for another one. */
  readonly others: readonly string[];
  /** Called with a line when the file begins to fail; the file itself does not take it. */
  readonly onFailure: (line: string) => void;
  /** Called with a line when it works again. */
  readonly onRecovery: (line: string) => void;
  /** Called with how many lines find no room. */
  readonly onLost: (count: number) => void;
  /** Called with what a write found to have befallen the file, before any look did. */
  readonly onFinding: (finding: Finding) => void;
}

/** Lines waiting for a file that fails, at most; later ones are lost. */
const MOST_HELD = 10_000;
/** Written at once of those that waited: what fails costs no more than this. */
const PIECE = 256;

export class GeneralLogFile implements KeptFile {
  readonly path: string;
  readonly #options: GeneralLogFileOptions;
  #held: string[] = [];
  #lost = 0;
  #isFailing = false;
  /** Why it fails; empty while it does not. */
  #why = "";
  readonly #sight: LogSight;
  /** What has befallen it and is not told yet. */
  #findings: Finding[] = [];
  /** The identity of the file that is known to be for nothing else. */
  #proven = "";
  #writing: Promise<void> = Promise.resolve();

  constructor(options: GeneralLogFileOptions) {
    this.path = options.path;
    this.#options = options;
    this.#sight = new LogSight(options.path);
  }

  /** Lines that are not in the file, those that wait for it with them; undefined for none. */
  get unwritten(): Unwritten | undefined {
    const count = this.#held.length + this.#lost;
    if (count === 0) return undefined;
    const what = countOf(count, "line of the general log", "lines of the general log");
    return { what, why: this.#why };
  }

  /** Writes whole lines, each with its line end, in their order. Never rejects. */
  async append(lines: readonly string[]): Promise<void> {
    const found = await this.#inTurn(() => this.#append(lines));
    found.forEach(this.#options.onFinding);
  }

  /** So that a file that is gone is there again even where no line is due. */
  async look(): Promise<readonly Finding[]> {
    if (ownStream(this.path) !== undefined) return [];
    return await this.#inTurn(() => this.#look());
  }

  /** Lets go of the file. What is written later is written all the same. */
  close(): void {
    this.#sight.close();
  }

  /** One after the other: a look beside a write would take the old size for the new one. */
  #inTurn(act: () => Promise<void>): Promise<readonly Finding[]> {
    const acted = this.#writing.then(act);
    this.#writing = acted.catch(() => {});
    return acted.then(() => this.#findings.splice(0));
  }

  async #look(): Promise<void> {
    const now = await seenAt(this.path);
    const waits = this.#held.length > 0;
    if (waits || this.#sight.isGone(now)) return await this.#append(waits ? [] : [""]);
    await this.#take(now);
    await this.#sight.hold();
  }

  /** A directory or a FIFO in its place is found when it is to be written. */
  async #take(now: SeenFile, options?: { readonly isNew: boolean }): Promise<void> {
    if (now.kind !== "file") return;
    const finding = await this.#sight.take(now, options);
    // Where it was failing, that was told, and that it works again will be.
    if (finding !== undefined && !this.#isFailing) this.#findings.push(finding);
  }

  async #append(lines: readonly string[]): Promise<void> {
    const room = MOST_HELD - this.#held.length;
    if (lines.length > room) this.#lose(lines.length - room);
    this.#held.push(...lines.slice(0, room));
    try {
      while (this.#held.length > 0) {
        const piece = this.#held.slice(0, this.#isFailing ? PIECE : MOST_HELD);
        await this.#write(piece.join(""));
        this.#held.splice(0, piece.length);
      }
      this.#worked();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  async #write(text: string): Promise<void> {
    const stream = ownStream(this.path);
    if (stream !== undefined) return await stream(this.path, text);
    await appendPrivately(this.path, text, {
      prove: async (found, options) => {
        await this.#prove(found);
        await this.#take(seenIn(found), options);
      },
    });
    this.#sight.grew(new TextEncoder().encode(text).length);
  }

  /** Whatever its path: a link above it, another spelling or a second name may lead to such a file. */
  async #prove(found: Deno.FileInfo): Promise<void> {
    const seen = seenIn(found);
    if (!("identity" in seen) || seen.identity === this.#proven) return;
    for (const path of this.#options.others) {
      const other = await seenAt(path, { followed: true });
      if ("identity" in other && other.identity === seen.identity) {
        throw new Error(`it is ${path}, which is kept for something else; name another file`);
      }
    }
    this.#proven = seen.identity;
  }

  #lose(count: number): void {
    this.#lost += count;
    this.#options.onLost(count);
  }

  #failed(cause: unknown): void {
    const why = errorWords(cause);
    this.#why = why;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.onFailure(
      `Cannot write the general log ${this.path}: ${why}. Lines go to the console, and up to ` +
        `${MOST_HELD} wait for the file.`,
    );
  }

  #worked(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#why = "";
    const lost = this.#lost === 0 ? "no line is missing" : `${this.#lost} lines are missing`;
    this.#lost = 0;
    this.#options.onRecovery(`The general log is written again in ${this.path}; ${lost}.`);
  }
}
