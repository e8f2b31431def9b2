/** What is seen of one attempt's reply as it passes. */
import type { Repeat } from "../wire/reading.ts";
import type { StreamEvent } from "../dialect/event_format.ts";
import type { JsonObject } from "../dialect/json_object.ts";
import type { Usage } from "../dialect/usage.ts";
import { UsageReader } from "../dialect/usage_reader.ts";

/** Milliseconds count from the request's arrival. */
export class ReplyNotes {
  readonly #elapsedMs: () => number;
  readonly #usage = new UsageReader();
  #headMs: number | undefined;
  #contentMs: number | undefined;
  #signMs: number | undefined;
  /** That the request had to be sent twice; undefined where once was enough. */
  repeat: Repeat | undefined;
  #unread: (() => JsonObject | undefined) | undefined;

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** When the reply's head came; undefined while it has not. */
  get headMs(): number | undefined {
    return this.#headMs;
  }

  /** When last anything but a head, pings and comments came, up to the first content; undefined for never. */
  get signMs(): number | undefined {
    return this.#signMs;
  }

  /** When a stream's first content event came; undefined for what is no stream, too. */
  get contentMs(): number | undefined {
    return this.#contentMs;
  }

  /** What the reply says it cost; undefined where it does not, and of JSON over 1 MiB. */
  usage(): Usage | undefined {
    this.#readReply();
    return this.#usage.read();
  }

  head(): void {
    this.#headMs = this.#elapsedMs();
  }

  sign(): void {
    this.#signMs = this.#elapsedMs();
  }

  content(): void {
    this.#contentMs = this.#elapsedMs();
  }

  event(event: StreamEvent): void {
    this.#usage.event(event);
  }

  /** @param members gives those of a JSON reply that may tell of tokens; asked when somebody wants to know */
  reply(members: () => JsonObject | undefined): void {
    this.#unread = members;
  }

  #readReply(): void {
    const members = this.#unread?.();
    this.#unread = undefined;
    if (members !== undefined) this.#usage.reply(members);
  }
}
