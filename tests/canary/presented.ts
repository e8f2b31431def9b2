/** The credentials that callers presented, read from what they sent. */
import { Buffer } from "node:buffer";
import { isCredentialField, presented, withoutKeys } from "../ledger/credentials.ts";
import type { Message } from "../ledger/http_message.ts";

/** Under this a value is a common word, and is only masked where it stands as a credential. */
const SHORTEST_CHARACTERS = 6;
/** Cookies count from here on, so that no `theme=enabled` is looked for everywhere. */
const SHORTEST_COOKIE_CHARACTERS = 16;

/** Each value as a backend or a log could show it. */
export function presentedBy({ startLine, fields }: Message): string[] {
  const [, target = ""] = startLine.split(" ");
  const inFields = fields.filter(isCredentialField).flatMap((field) => {
    const [name, value] = field;
    if (name.toLowerCase() === "cookie") return cookiesOf(value);
    return /^\s*basic\s/i.test(value) ? passwordOf(presented(field)) : [presented(field)];
  });
  const inQuery = withoutKeys(target, () => true).keys.map(decoded);
  return [...inFields, ...inQuery].filter((value) => value.length >= SHORTEST_CHARACTERS);
}

function cookiesOf(value: string): string[] {
  return value.split(";").map((cookie) => cookie.replace(/^[^=]*=/, "").trim())
    .filter((value) => value.length >= SHORTEST_COOKIE_CHARACTERS);
}

/** https://www.rfc-editor.org/rfc/rfc7617#section-2 */
function passwordOf(base64: string): string[] {
  const pair = Buffer.from(base64, "base64").toString("latin1");
  return [base64, pair.slice(pair.indexOf(":") + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
