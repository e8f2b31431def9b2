/** Header fields of a message on both hops: order, spelling and repetition count. */
import type { Field } from "./http_head.ts";
import { shown, type Unexpected } from "./unexpected.ts";

/** Fields of one hop; each of them may differ, appear or be gone. */
const HOP: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What `Connection` cannot take away. */
const KEPT: ReadonlySet<string> = new Set([
  "api-key",
  "authorization",
  "content-encoding",
  "content-type",
  "x-api-key",
  "x-goog-api-key",
]);

/** A hop's own fields on either side of the proxy: those that `also` names too. */
export function isOfHop(name: string, also: ReadonlySet<string> = new Set()): boolean {
  const lower = name.toLowerCase();
  return HOP.has(lower) || also.has(lower);
}

/** The names that a message's `Connection` fields nominate. */
export function nominatedBy(fields: readonly Field[]): ReadonlySet<string> {
  const lists = fields.filter(([name]) => name.toLowerCase() === "connection");
  const names = lists.flatMap(([, value]) => value.toLowerCase().split(",")).map((name) =>
    name.trim()
  );
  return new Set(names.filter((name) => !KEPT.has(name)));
}

/** Which fields are missing, added, or in another order. */
export function fieldsDiffer(expected: readonly Field[], got: readonly Field[]): Unexpected[] {
  const [wanted, found] = [expected.map(lineOf), got.map(lineOf)];
  const missing = without(wanted, found);
  const added = without(found, wanted);
  const faults = [
    ...missing.map((line) => fault("a field is missing", line, "")),
    ...added.map((line) => fault("a field was added", "", line)),
  ];
  if (faults.length > 0 || wanted.join("\n") === found.join("\n")) return faults;
  return [fault("the order of fields", wanted.join(" | "), found.join(" | "))];
}

function lineOf([name, value]: Field): string {
  return `${name}: ${value}`;
}

/** The lines of `some` that `others` does not have, as often as it does not. */
function without(some: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return some.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function fault(where: string, expected: string, got: string): Unexpected {
  const bytes = Math.max(expected.length, got.length);
  return { where, at: 0, bytes, expected: shown(expected), got: shown(got) };
}
