/** Why a request is not taken: what its caller is answered, and what the log says. */

export interface Refusal {
  /** A bare status, after which the connection ends. */
  readonly status: 400 | 405 | 408 | 414 | 417 | 431 | 501 | 505;
  /** For a person: what is wrong with it. */
  readonly why: string;
}

/** A request that is malformed. https://www.rfc-editor.org/rfc/rfc9112#section-2.2 */
export function malformed(why: string): Refusal {
  return { status: 400, why };
}
