/** Streams that providers really sent, where they lie beside the project: it does not contain them. */
import { anthropicEvents } from "../../lib/dialect/anthropic_events.ts";
import type { EventFormat } from "../../lib/dialect/event_format.ts";
import { geminiEvents } from "../../lib/dialect/gemini_events.ts";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { openaiResponses } from "../../lib/dialect/openai_responses.ts";
import { unknownEvents } from "../../lib/dialect/unknown_events.ts";

export interface Recording {
  /** `groq/groq-text.jsonl` */
  readonly name: string;
  readonly format: EventFormat;
  /** The stream as it was on the wire. */
  readonly stream: string;
}

const RECORDED = new URL("../../../shared/recorded/", import.meta.url);

/** By what their first event looks like; nothing matches what the proxy has no format for. */
const FORMATS: readonly (readonly [RegExp, EventFormat])[] = [
  [/"choices":\[/, openaiChat],
  [/"type":"response\./, openaiResponses],
  [/"type":"message_start"/, anthropicEvents],
  [/^\{"candidates":/, geminiEvents],
];

/** Every recording that is not empty; none where there are no recordings. */
export function recordings(): Recording[] {
  return directory(RECORDED).filter((entry) => entry.isDirectory)
    .flatMap(({ name }) =>
      directory(new URL(`${name}/`, RECORDED)).map((file) => `${name}/${file.name}`)
    )
    .filter((name) => name.endsWith(".jsonl")).sort()
    .map((name) => recordingOf(name, Deno.readTextFileSync(new URL(name, RECORDED))))
    .filter(({ stream }) => stream !== "");
}

function directory(url: URL): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(url)];
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw cause;
  }
}

function recordingOf(name: string, text: string): Recording {
  const lines = text.split("\n").filter((line) => line !== "");
  const [, format = unknownEvents] = FORMATS.find(([first]) => first.test(lines[0] ?? "")) ?? [];
  return { name, format, stream: streamOf(lines, format) };
}

function streamOf(lines: readonly string[], format: EventFormat): string {
  switch (format.name) {
    case "openai_chat":
      return [...lines, "[DONE]"].map((line) => `data: ${line}\n\n`).join("");
    case "openai_responses":
    case "anthropic":
      return lines.map((line) => `event: ${typeOf(line)}\ndata: ${line}\n\n`).join("");
    case "gemini":
      return lines.map((line) => `data: ${line}\r\n\r\n`).join("");
    case "unknown":
      return lines.map((line) => `data: ${line}\n\n`).join("");
  }
}

function typeOf(line: string): string {
  return /"type":"(?<type>[^"]*)"/.exec(line)?.groups?.type ?? "";
}
