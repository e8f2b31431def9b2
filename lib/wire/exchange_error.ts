/** Why an exchange with a backend failed, where it is not an error of the system's (`ECONNRESET`). */

export type ExchangeCode =
  /** Nobody could send such a request. */
  | "REQUEST_REFUSED"
  | "CONNECT_TIMEOUT"
  /** This machine has no descriptor, port or memory left for a connection. */
  | "OWN_SHORTAGE"
  /** The response head did not come in time. */
  | "HEAD_TIMEOUT"
  /** What came is no response. */
  | "INVALID_REPLY"
  /** The backend ended the connection too early. */
  | "CONNECTION_LOST"
  /** We ended the connection. */
  | "CONNECTION_ENDED";

export class ExchangeError extends Error {
  constructor(readonly code: ExchangeCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
