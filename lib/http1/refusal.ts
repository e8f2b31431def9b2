/** Why a request is not taken: what its caller is answered, and what the log says. */

export interface Refusal {
  /** A bare status, after which the connection ends. */
  readonly status: 400 | 405 | 408 | 414 | 417 | 431 | 501 | 505;
  /** For a person: what is wrong with it. */
  readonly why: string;
  /** For whoever runs the proxy: what to do about it. */
  readonly fix: string;
}

const NO_HTTP =
  "look at the program at that address: it speaks no proper HTTP/1.1, or a proxy in between garbles it";

/** A request that is malformed. https://www.rfc-editor.org/rfc/rfc9112#section-2.2 */
export function malformed(why: string, fix = NO_HTTP): Refusal {
  return { status: 400, why, fix };
}
