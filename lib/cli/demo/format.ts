/** A vendor's wire format, as far as the demo's providers write it. */
import { anthropicFormat } from "./anthropic.ts";
import type { DemoAnswer } from "./answer.ts";
import { openaiFormat } from "./openai.ts";

export interface DemoFormat {
  /** The body of an answer that is not streamed. */
  readonly whole: (answer: DemoAnswer) => unknown;
  /** The server-sent events of one that is, each with its blank line. */
  readonly events: (answer: DemoAnswer) => Iterable<string>;
}

/** The format of what is posted to a path; undefined where nothing answers. */
export function formatOf(path: string): DemoFormat | undefined {
  return FORMATS.get(path);
}

const FORMATS: ReadonlyMap<string, DemoFormat> = new Map([
  ["/v1/chat/completions", openaiFormat],
  ["/v1/messages", anthropicFormat],
]);
