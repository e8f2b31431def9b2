/** The one way out for what the admin port shows: no configured credential passes, whatever holds it. */
import { setImmediate } from "node:timers";
import type { Snapshot } from "../config/snapshot.ts";
import { createRedactor, type Redactor } from "../record/redact.ts";
import type { CallerResponse } from "../wire/caller_response.ts";

/** A log that is shown may be long: others have their turn in between. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export class Shown {
  readonly #current: () => Snapshot;
  #made: { readonly secrets: readonly string[]; readonly redactor: Redactor } | undefined;

  constructor(current: () => Snapshot) {
    this.#current = current;
  }

  text(text: string): string {
    return this.redactor().text(text).text;
  }

  /** The answer with its credentials masked, where it is text of ours and no file. */
  async answer(answer: CallerResponse): Promise<CallerResponse> {
    if (!(answer.body instanceof Uint8Array)) return answer;
    const { bytes } = await this.redactor().bytesInTurns(answer.body, { turn });
    return { ...answer, body: bytes };
  }

  /** Knows the configured credentials. */
  redactor(): Redactor {
    const { secrets } = this.#current();
    if (this.#made?.secrets !== secrets) {
      this.#made = { secrets, redactor: createRedactor({ enabled: true, secrets }) };
    }
    return this.#made.redactor;
  }
}
