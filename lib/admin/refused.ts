/** Answers to calls of the admin port that cannot be done. */
import type { LiveAnswer } from "./live_routes.ts";

export interface AdminRefusal {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** For people: what is wrong and what to do. */
  readonly message: string;
}

export function refused({ status, code, message }: AdminRefusal): LiveAnswer {
  return { status, body: { error: { code, message } } };
}

/** The answer to a call that says something nobody can mean. */
export function invalid(message: string): LiveAnswer {
  return refused({ status: 400, code: "invalid_call", message });
}

/** The members of a body that is a JSON object; none of any other. */
export function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? { ...body } : {};
}

const LISTED_AT_MOST = 20;

/** Names for an error or a log's line, in quotes, as many as one can read; `none` where there is none. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_AT_MOST).map((name) => JSON.stringify(name)).join(", ");
  const more = names.length - LISTED_AT_MOST;
  return more > 0 ? `${shown} and ${more} more` : shown || "none";
}
