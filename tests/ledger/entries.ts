/** Books of one exchange, written by hand: what a ledger would have seen. */
import { Buffer } from "node:buffer";
import { type Balance, balance, type Books } from "./balance.ts";
import { Recording } from "./recording.ts";
import type { TappedConnection } from "./tap.ts";
import type { BackendTerms } from "./terms.ts";

/** One byte a character; in the order in which it passes. */
export interface Passed {
  /** From the caller. */
  readonly sent: string;
  /** At the backend; empty where nothing came. */
  readonly received: string;
  /** From the backend. */
  readonly replied: string;
  /** At the caller. */
  readonly answered: string;
}

export const TERMS: BackendTerms = {
  name: "backend",
  origin: "http://backend",
  basePath: "/v1",
  models: new Map([["chat", new Set(["org/model"])]]),
  keys: undefined,
  set: [],
  remove: new Set(),
};

export type Rules = Partial<BackendTerms> & {
  readonly callerKeys?: ReadonlySet<string>;
  readonly tellsOfCuts?: boolean;
  readonly ownBodies?: ReadonlySet<string>;
};

export function balanceOf(passed: Passed, rules: Rules = {}): Balance {
  const { callerKeys = new Set(), tellsOfCuts = false, ownBodies = new Set(), ...backend } = rules;
  const connection = { origin: TERMS.origin, connection: backendSide(passed) };
  const books: Books = {
    callers: [recorded([passed.sent, 1], [passed.answered, 4])],
    backends: passed.received === "" ? [] : [connection],
    terms: [{ backends: [{ ...TERMS, ...backend }], callerKeys, tellsOfCuts }],
    ownBodies,
    hasUnseen: false,
  };
  return balance(books);
}

function backendSide({ received, replied }: Passed): TappedConnection {
  return recorded([received, 2], [replied, 3]);
}

type Side = readonly [text: string, instant: number];

function recorded([sent, sentAt]: Side, [answered, answeredAt]: Side): TappedConnection {
  const connection = { sent: new Recording(), answered: new Recording() };
  connection.sent.add(Buffer.from(sent, "latin1"), sentAt);
  connection.answered.add(Buffer.from(answered, "latin1"), answeredAt);
  return connection;
}

/** A message with its length: `message("POST / HTTP/1.1", ["a: b"], "body")`. */
export function message(startLine: string, lines: readonly string[], body: string): string {
  return [startLine, ...lines, `Content-Length: ${body.length}`, "", body].join("\r\n");
}
