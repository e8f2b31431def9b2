import type { EventFormat } from "../../lib/dialect/event_format.ts";

/** What an event says in a format: its kind, with ` ends` where the answer may be over. */
export function says(format: EventFormat, data: unknown, type = ""): string {
  return saysText(format, JSON.stringify(data), type);
}

export function saysText(format: EventFormat, data: string, type = ""): string {
  const { kind, ends } = format.read({ type, data, truncated: false });
  return ends ? `${kind} ends` : kind;
}

/** The same of an event of which only the start is there. */
export function saysStart(format: EventFormat, data: string, type = ""): string {
  const { kind, ends } = format.read({ type, data, truncated: true });
  return ends ? `${kind} ends` : kind;
}

export const PROBLEM = { status: 502, code: "stream_cut", message: "The backend left.\nSorry." };
