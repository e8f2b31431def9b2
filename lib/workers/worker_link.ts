/** One worker, as the main loop sees it. */
import { clockOriginMs } from "../state/clock.ts";
import type { Answer, Batch, FromWorker, Question, Start, ToWorker } from "./messages.ts";

export interface WorkerLinkOptions {
  readonly worker: Worker;
  /** Asked when the worker can begin: what it is told before that, it does not hear. */
  readonly start: () => Omit<Start, "kind" | "clockOriginMs">;
  readonly onBatch: (batch: Batch) => void;
  /** It serves no more, and will not again. Called once, and not after `end()`. */
  readonly onDeath: (reason: string) => void;
}

export class WorkerLink {
  readonly #options: WorkerLinkOptions;
  readonly #worker: Worker;
  readonly #settled = Promise.withResolvers<boolean>();
  readonly #drained = Promise.withResolvers<void>();
  readonly #asked = new Map<number, (answer: Answer | undefined) => void>();
  #askedCount = 0;
  #hasBegun = false;
  #isOver = false;

  constructor(options: WorkerLinkOptions) {
    this.#options = options;
    this.#worker = options.worker;
    this.#worker.addEventListener("message", ({ data }) => this.#hear(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#die(event.message);
    });
  }

  /** Whether it serves, once that is known. */
  get settled(): Promise<boolean> {
    return this.#settled.promise;
  }

  /** What it says to a question; undefined where it says nothing in that time. */
  async ask(question: Question, patienceMs: number): Promise<Answer | undefined> {
    const id = this.#askedCount++;
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    this.#asked.set(id, resolve);
    const timer = setTimeout(() => resolve(undefined), patienceMs);
    this.send({ kind: "ask", id, question });
    const answer = await promise;
    clearTimeout(timer);
    this.#asked.delete(id);
    return answer;
  }

  send(message: ToWorker): void {
    if (this.#isOver) return this.#giveUp();
    this.#worker.postMessage(message);
  }

  /** Resolves when it has drained and everything has come from it, or never will. */
  async drain(drainMs: number): Promise<void> {
    if (!this.#hasBegun) return;
    this.send({ kind: "drain", drainMs });
    await this.#drained.promise;
  }

  /** Ends it at once. */
  end(): void {
    this.#isOver = true;
    this.#worker.terminate();
    this.#giveUp();
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "loaded":
        this.#hasBegun = true;
        return this.send({
          ...this.#options.start(),
          kind: "start",
          clockOriginMs: clockOriginMs(),
        });
      case "listening":
        return this.#settled.resolve(true);
      case "failed":
        return this.#die(message.reason);
      case "batch":
        this.#options.onBatch(message.batch);
        return this.send({ kind: "taken" });
      case "answer":
        return this.#asked.get(message.id)?.(message.answer);
      case "drained":
        return this.#drained.resolve();
    }
  }

  #die(reason: string): void {
    if (this.#isOver) return;
    this.end();
    this.#options.onDeath(reason);
  }

  /** Nobody waits for it any more. */
  #giveUp(): void {
    this.#settled.resolve(false);
    this.#drained.resolve();
    for (const resolve of this.#asked.values()) resolve(undefined);
  }
}
