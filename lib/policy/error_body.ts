/** What an error body says of itself, whoever worded it. */
import { errorMembers } from "./error_members.ts";

/** The parts of an error that classify it; the empty string where one is missing. */
export interface ErrorFields {
  readonly type: string;
  readonly code: string;
  readonly status: string;
  readonly message: string;
}

/** The fields of a JSON error body; undefined when the text is no JSON object or names no error. */
export function errorFields(text: string): ErrorFields | undefined {
  const { type, code, status, ...rest } = errorMembers(text);
  const message = [rest.message, rest.error, rest.detail, rest.msg].map(asText).find(Boolean) ?? "";
  const fields = { type: asText(type), code: asText(code), status: asText(status), message };
  return Object.values(fields).every((value) => value === "") ? undefined : fields;
}

function asText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
