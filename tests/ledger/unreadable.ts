/** What stood on the wire and is no message. */
import type { Conversation } from "./exchanges.ts";
import { shown, type Unexpected } from "./unexpected.ts";

/** A backend may send anything; what the proxy sends must be readable, or a bare refusal. */
export function unreadableAnswers({ unreadable: { answered } }: Conversation): Unexpected[] {
  const text = answered.bytes.toString("latin1");
  if (text === "" || REFUSAL.test(text)) return [];
  return [unreadable("what a caller got", answered.why, text)];
}

const REFUSAL =
  /^HTTP\/1\.1 4\d\d [A-Z][A-Za-z ]+\r\nConnection: close\r\nContent-Length: 0\r\n\r\n$/;

/** What a backend got must be requests, to its last byte. */
export function unreadableRequests({ unreadable: { sent } }: Conversation): Unexpected[] {
  if (sent.bytes.length === 0) return [];
  return [unreadable("what a backend got", sent.why, sent.bytes.toString("latin1"))];
}

function unreadable(where: string, why: string, text: string): Unexpected {
  return {
    where: `${where}: ${why}`,
    at: 0,
    bytes: text.length,
    expected: "HTTP",
    got: shown(text),
  };
}
