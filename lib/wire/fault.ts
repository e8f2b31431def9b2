/** What ended an exchange, as one of our fault codes. Codes are matched, never messages. */
import { codeOf, isShortage } from "../system/shortage.ts";
import { type ExchangeCode, ExchangeError } from "./exchange_error.ts";
import type { Fault, FaultCode } from "./outcome.ts";

/** How far an exchange had come: no connection yet, request going out, response head received. */
export type Phase = "connecting" | "waiting" | "answered";

/** The ways in which a connection can be lost under a request. */
const LOST: ReadonlySet<string> = new Set<ExchangeCode | "ECONNRESET" | "EPIPE">([
  "CONNECTION_LOST",
  "ECONNRESET",
  "EPIPE",
]);

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
  if (cause instanceof ExchangeError && cause.code === "REQUEST_REFUSED") return "request_refused";
  if (phase === "connecting") return connectFault(cause, code);
  if (!(cause instanceof ExchangeError)) return "connection_lost";
  if (cause.code === "HEAD_TIMEOUT") return "first_byte_timeout";
  return cause.code === "INVALID_REPLY" ? "invalid_reply" : "connection_lost";
}

/** What this machine itself forbids: a firewall, a sandbox. No backend was asked. */
const FORBIDDEN: ReadonlySet<string> = new Set(["EACCES", "EPERM"]);

function isOurs(cause: unknown, code: string): boolean {
  const isOneAddress = !(cause instanceof AggregateError);
  return code === "OWN_SHORTAGE" || isShortage(cause) || (isOneAddress && FORBIDDEN.has(code)) ||
    cause instanceof Deno.errors.NotCapable || cause instanceof Deno.errors.PermissionDenied;
}

function connectFault(cause: unknown, code: string): FaultCode {
  if (cause instanceof ExchangeError && cause.code === "CONNECT_TIMEOUT") return "connect_timeout";
  if (isOurs(cause, code)) return "own_shortage";
  const ours = cause instanceof TypeError || cause instanceof RangeError;
  return ours && code === "" ? "internal_error" : "connect_failed";
}

const DETAIL_CHARACTERS = 200;

/** The code and message of an error, for a person, on one line. */
function detailOf(cause: unknown): string {
  const code = codeOf(cause);
  const message = cause instanceof Error ? cause.message.split("\n")[0] ?? "" : String(cause);
  const both = message.includes(code) ? message : `${code}: ${message}`;
  return both.slice(0, DETAIL_CHARACTERS);
}
