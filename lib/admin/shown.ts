/** The one way out for what the admin port shows: no configured credential passes, whatever holds it. */
import type { Snapshot } from "../config/snapshot.ts";
import { createRedactor, type Redactor } from "../record/redact.ts";
import type { CallerResponse } from "../wire/caller_response.ts";

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
  answer(answer: CallerResponse): CallerResponse {
    if (!(answer.body instanceof Uint8Array)) return answer;
    const text = new TextDecoder().decode(answer.body);
    return { ...answer, body: new TextEncoder().encode(this.text(text)) };
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
