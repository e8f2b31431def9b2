/** Where in a head its scanner stands. */
import { CR, LF } from "./octets.ts";

export type HeadPart =
  | "version"
  | "reason"
  | "line end"
  | "line"
  | "name"
  | "after name"
  | "before value"
  | "value"
  | "last line end"
  | "whole";

/** What comes after the bytes that end a line's text. */
export const AFTER_LINE: ReadonlyMap<number, HeadPart> = new Map([[CR, "line end"], [LF, "line"]]);

/** What is wrong with a head that has no place for what stands there, for a person. */
export function whyNot(part: HeadPart): string {
  if (part === "version") return "it does not begin with HTTP/1.1 or HTTP/1.0 and a status";
  return `its head has a malformed ${part === "reason" ? "status line" : "line"}`;
}
