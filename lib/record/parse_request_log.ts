/** Reads a request's log file back, as `formatRequestLog()` wrote it. */
import { Buffer } from "node:buffer";
import type { RawHeaders } from "../wire/headers.ts";
import { valueOfPlain } from "./plain_text.ts";

export interface RequestLog {
  readonly id: string;
  readonly request: LoggedMessage;
  /** All there is, in the order of the file. */
  readonly sections: readonly LoggedSection[];
}

/** One `== title` and what stands below it. */
export interface LoggedSection {
  /** Such as `attempt 1: provider-a (claude-x)`. The first, without a title, tells of the request. */
  readonly title: string;
  /** Lines of a section that is no body. */
  readonly lines: readonly string[];
  readonly body: LoggedBody | undefined;
}

export interface LoggedBody {
  readonly text: string;
  /** How many bytes it really had. */
  readonly totalBytes: number;
  /** Whether the text is those bytes; else `notes` says what is different. */
  readonly exact: boolean;
  /** Such as `credentials masked`, `truncated to 1024 bytes`, `decoded from gzip`, `binary`. */
  readonly notes: readonly string[];
}

export interface LoggedMessage {
  readonly method: string;
  /** Path and query, a credential in it masked. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: LoggedBody;
}

const BODY_HEADING = /^== (?<title>[a-z ]* body): (?:empty|(?<total>\d+) bytes(?<notes>.*))$/;
const FOLLOW = /^(?<bytes>\d+) follow$/;
/** What passed through a WebSocket is counted only. */
const NOT_KEPT = ", not kept";
const NO_BODY: LoggedBody = { text: "", totalBytes: 0, exact: true, notes: [] };

/** The log in parts; undefined where the text is none. */
export function parseRequestLog(text: string): RequestLog | undefined {
  const id = /^llm-proxy request ([\da-f]+)\n/.exec(text)?.[1];
  if (id === undefined) return undefined;
  const sections = sectionsOf(Buffer.from(text));
  const head = sections.find(({ title }) => title === "request head");
  const body = sections.find(({ title }) => title === "request body")?.body;
  const [, method = "", target = ""] = /^(\S+) (.*)$/.exec(head?.lines[0] ?? "") ?? [];
  if (body === undefined || method === "") return undefined;
  const headers = (head?.lines ?? []).slice(1).filter((line) => line !== "").map(headerOf);
  return { id, request: { method, target: valueOfPlain(target), headers, body }, sections };
}

function headerOf(line: string): readonly [string, string] {
  const colon = line.indexOf(": ");
  return colon < 0
    ? [line.replace(/:$/, ""), ""]
    : [line.slice(0, colon), valueOfPlain(line.slice(colon + 2))];
}

function sectionsOf(bytes: Buffer): LoggedSection[] {
  const sections: LoggedSection[] = [];
  let current = { title: "", lines: [] as string[] };
  for (let at = 0; at < bytes.length;) {
    const end = lineEnd(bytes, at);
    const line = bytes.toString("utf8", at, end);
    at = end + 1;
    if (!line.startsWith("== ")) {
      current.lines.push(line);
      continue;
    }
    sections.push({ ...current, body: undefined });
    const found = bodyAt(bytes, at, line);
    current = { title: line.slice(3), lines: [] };
    if (found === undefined) continue;
    sections.push({ title: found.title, lines: [], body: found.body });
    // What stands between a body and the next heading belongs to nothing.
    current = { title: "", lines: [] };
    at = found.end;
  }
  sections.push({ ...current, body: undefined });
  return sections.filter(({ title, lines, body }, index) =>
    index === 0 || title !== "" || body !== undefined || lines.some((line) => line !== "")
  );
}

function bodyAt(bytes: Buffer, start: number, heading: string) {
  const { title = "", total, notes: written = "" } = BODY_HEADING.exec(heading)?.groups ?? {};
  if (title === "") return undefined;
  if (total === undefined) return { title, body: NO_BODY, end: start };
  if (written.endsWith(NOT_KEPT)) {
    const notes = [written.trim()];
    const body = { text: "", totalBytes: Number(total), exact: false, notes };
    return { title, body, end: start };
  }
  const notes = written.split(", ").filter((note) => note !== "");
  const follow = notes.map((note) => FOLLOW.exec(note)?.groups?.bytes).find(Boolean);
  const end = start + Number(follow ?? total);
  const body = {
    text: bytes.toString("utf8", start, end),
    totalBytes: Number(total),
    exact: notes.length === 0,
    notes: notes.filter((note) => !FOLLOW.test(note)),
  };
  return { title, body, end };
}

function lineEnd(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(0x0a, from);
  return end < 0 ? bytes.length : end;
}
