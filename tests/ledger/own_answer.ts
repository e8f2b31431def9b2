/** Answers that are the proxy's own. */
import { isOfHop } from "./compare_fields.ts";
import type { Message } from "./http_message.ts";

/** All that an answer of ours may have besides the fields of a hop and a date. */
const FIELDS: readonly RegExp[] = [
  /^content-type: application\/json$/,
  /^content-type: text\/plain; charset=utf-8$/,
  /^retry-after: \d+$/,
  /^allow: [A-Z, ]+$/,
  /^www-authenticate: Bearer$/,
  /^x-should-retry: false$/,
];

/** Whether a reply can be nothing but ours, or is one of those that the proxy says are. */
export function isOwnAnswer({ fields, body }: Message, own: ReadonlySet<string>): boolean {
  const lines = fields.filter(([name]) => !isOfHop(name, DATE)).map(([name, value]) =>
    `${name}: ${value}`
  );
  return lines.every((line) => FIELDS.some((field) => field.test(line))) &&
    (own.size === 0 || own.has(body.toString("latin1")));
}

const DATE = new Set(["date"]);
