/** The lines of the general log that tell of requests: their attempts, their ends, and faults of ours. */
import type { AttemptRecord, Entry } from "./entry.ts";
import { attemptWords, easedWords, requestWords, summaryOf } from "./entry_words.ts";
import type { Log } from "./general_log.ts";
import { attemptFieldsOf, fieldsOf } from "./request_fields.ts";
import type { RequestRedactors } from "./request_redactors.ts";

export class RequestLines {
  readonly #log: Log;
  readonly #redactors: RequestRedactors;

  constructor(log: Log, redactors: RequestRedactors) {
    this.#log = log;
    this.#redactors = redactors;
  }

  /** An attempt that failed has its line once it is known what follows. */
  attempted(entry: Entry, attempt: AttemptRecord): void {
    const { verdict, change } = attempt;
    if (verdict.action === "fallback") return;
    const line = () => `${attemptWords(attempt, verdict.reason)} [${entry.arrival.id}]`;
    if (change.kind === "recovered") this.#log.info(line(), attemptFieldsOf(entry, attempt));
    else if (this.#log.takes("debug")) this.#log.debug(line());
  }

  /** It is known what follows an attempt that failed. */
  failed(entry: Entry, attempt: AttemptRecord): void {
    if (!this.#log.takes("warn")) return;
    const reason = this.#masked(attempt.verdict.reason, entry);
    const line = `${attemptWords(attempt, reason)} [${entry.arrival.id}]`;
    this.#log.warn(line, attemptFieldsOf(entry, attempt));
  }

  /** @param trouble what went wrong after the answer had begun, in words */
  ended(entry: Entry, trouble: string | undefined): void {
    const { id } = entry.arrival;
    if (entry.easedMs !== undefined) this.#log.warn(`${easedWords(entry.easedMs)} [${id}]`);
    if (!this.#log.takes(trouble === undefined ? "info" : "warn")) return;
    const line = `${requestWords(entry, (text) => this.#masked(text, entry))} ${summaryOf(entry)}`;
    const fields = fieldsOf(entry);
    if (trouble === undefined) this.#log.info(`${line} [${id}]`, fields);
    else this.#log.warn(`${line} (${this.#masked(trouble, entry)}) [${id}]`, fields);
  }

  /** What went wrong in the proxy itself, with its stack. */
  failedInside(entry: Entry, cause: unknown): void {
    const stack = cause instanceof Error ? cause.stack ?? cause.message : String(cause);
    const { id } = entry.arrival;
    this.#log.error(`Request ${id} met a fault inside the proxy: ${this.#masked(stack, entry)}`);
  }

  /** Text without the credentials of the request, which the general log does not know. */
  #masked(text: string, { arrival }: Entry): string {
    return this.#redactors.for(arrival).text(text).text;
  }
}
