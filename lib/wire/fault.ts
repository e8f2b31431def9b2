/** What the client library reports, as one of our fault codes. Codes are matched, never messages. */
import type { Fault, FaultCode } from "./outcome.ts";

/** How far an exchange had come: no connection yet, request going out, response head received. */
export type Phase = "connecting" | "waiting" | "answered";

/** Errors that say the request itself cannot be sent, by anyone. */
const REFUSED: ReadonlySet<string> = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
]);

/** Errors that say a backend's reply is not one. */
const INVALID_REPLY: ReadonlySet<string> = new Set([
  "UND_ERR_HEADERS_OVERFLOW",
  "UND_ERR_RES_CONTENT_LENGTH_MISMATCH",
  "UND_ERR_INFO",
  "INVALID_REPLY",
]);

/** The ways in which a connection can be lost under a request. */
const LOST: ReadonlySet<string> = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/** The fault an error stands for, by how far the exchange had come. */
export function faultOf(cause: unknown, phase: Phase): Fault {
  return { kind: "fault", code: faultCode(cause, phase), detail: detailOf(cause) };
}

/** Whether the connection broke, as opposed to answering with something wrong. */
export function isConnectionLoss(cause: unknown): boolean {
  return LOST.has(codeOf(cause));
}

function faultCode(cause: unknown, phase: Phase): FaultCode {
  const code = codeOf(cause);
  if (code === "UPLOAD_CUT") return "caller_left";
  if (REFUSED.has(code)) return "request_refused";
  if (phase === "connecting") return connectFault(cause, code);
  if (code === "UND_ERR_HEADERS_TIMEOUT") return "first_byte_timeout";
  if (INVALID_REPLY.has(code) || isParserError(cause)) return "invalid_reply";
  return "connection_lost";
}

function connectFault(cause: unknown, code: string): FaultCode {
  if (code === "UND_ERR_CONNECT_TIMEOUT") return "connect_timeout";
  const ours = cause instanceof TypeError || cause instanceof RangeError;
  return ours && code === "" ? "internal_error" : "connect_failed";
}

/** By name, since undici 7.30 leaves the code of most of its parser's errors (`HPE_…`) undefined. */
function isParserError(cause: unknown): boolean {
  return cause instanceof Error && cause.name === "HTTPParserError";
}

const DETAIL_CHARACTERS = 200;

/** The code and message of an error, for a person, on one line. */
function detailOf(cause: unknown): string {
  const code = codeOf(cause);
  const message = cause instanceof Error ? cause.message.split("\n")[0] ?? "" : String(cause);
  const both = message.includes(code) ? message : `${code}: ${message}`;
  return both.slice(0, DETAIL_CHARACTERS);
}

function codeOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("code" in cause)) return "";
  return typeof cause.code === "string" ? cause.code : "";
}
