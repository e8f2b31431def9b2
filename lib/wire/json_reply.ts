/** What a JSON reply says before it is passed on. */
import type { BodyEnd } from "./held_body.ts";
import { type Inspection, PASSED } from "./inspection.ts";
import { scanTopLevel, type Span, WantedKeys } from "./json_scan.ts";

/** Members that hold the result of an inference call, whichever vendor answers. */
const RESULTS = [
  "choices", // OpenAI chat and completions
  "output", // OpenAI Responses
  "content", // Anthropic messages
  "candidates", // Gemini
  "promptFeedback", // Gemini, for a prompt it blocked
  "data", // OpenAI embeddings
  "embedding", // Gemini embeddings
  "embeddings",
  "results", // OpenAI moderations
];

const KEYS = new WantedKeys(["error", ...RESULTS]);

/** Rows 15 to 17 of the table, on a body that has ended. */
export function inspectJson(body: Uint8Array, end: BodyEnd): Inspection {
  if (end.kind === "cut") return { kind: "cut_short", detail: end.detail };
  const scan = scanTopLevel(body, KEYS);
  if (scan.kind === "malformed") {
    return { kind: "wrong_kind", what: `no JSON from byte ${scan.offset} of ${body.length} on` };
  }
  if (scan.kind === "not_object") return PASSED;
  const isFilled = (name: string) => {
    const value = scan.members.get(name)?.at(-1);
    return value !== undefined && !isEmpty(body, value);
  };
  return isFilled("error") && !RESULTS.some(isFilled) ? { kind: "error_body" } : PASSED;
}

/** `null`, `false`, `0`, `""`, `[]`, `{}`, with white space inside or not. */
function isEmpty(body: Uint8Array, { start, end }: Span): boolean {
  if (end - start > LONGEST_EMPTY) return false;
  const text = new TextDecoder().decode(body.subarray(start, end));
  return /^(?:null|false|0|""|\[\s*\]|\{\s*\})$/.test(text);
}

const LONGEST_EMPTY = 64;
