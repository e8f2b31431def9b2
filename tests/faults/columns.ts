/** What callers ask for, a column for each dialect in one piece and streamed, and how its vendor answers. */
import type { RawRequest } from "../caller.ts";
import { type Answer, jsonAnswer } from "./answers.ts";
import {
  ANTHROPIC,
  GEMINI,
  healthy,
  OPENAI_CHAT,
  OPENAI_RESPONSES,
  type VendorStream,
} from "./streams.ts";

export interface Column {
  /** Such as "Anthropic, streamed". */
  readonly name: string;
  /** Asks for the alias `chat`. */
  readonly request: RawRequest;
  /** What a healthy backend answers. */
  readonly healthy: Answer;
  /** An error in the vendor's words. */
  readonly errorBody: (status: number) => string;
  /** Undefined where the answer is asked for in one piece. */
  readonly stream: VendorStream | undefined;
}

interface Vendor {
  readonly stream: VendorStream;
  /** Asks for an answer in one piece. */
  readonly plain: RawRequest;
  readonly answer: unknown;
  readonly errorBody: (status: number) => string;
}

const VENDORS: readonly Vendor[] = [
  {
    stream: OPENAI_CHAT,
    plain: { body: `{"model":"chat","messages":[]}` },
    answer: { id: "c2", choices: [{ message: { role: "assistant", content: "Grüß Gott" } }] },
    errorBody: openaiError,
  },
  {
    stream: OPENAI_RESPONSES,
    plain: { target: "/v1/responses", body: `{"model":"chat","input":"Servus"}` },
    answer: { id: "r2", status: "completed", error: null, output: [{ type: "message" }] },
    errorBody: openaiError,
  },
  {
    stream: ANTHROPIC,
    plain: { ...ANTHROPIC.request, body: `{"model":"chat","max_tokens":9,"messages":[]}` },
    answer: { id: "m2", type: "message", content: [{ type: "text", text: "Grüß Gott" }] },
    errorBody: (status) =>
      JSON.stringify({
        type: "error",
        error: { type: ANTHROPIC_TYPES.get(status) ?? "api_error", message: `No: ${status}.` },
        request_id: "req_1",
      }),
  },
  {
    stream: GEMINI,
    plain: { target: "/v1beta/models/chat:generateContent", body: `{"contents":[]}` },
    answer: { candidates: [{ content: { parts: [{ text: "Grüß Gott" }] } }] },
    errorBody: (code) => {
      const status = GEMINI_STATUSES.get(code) ?? "INTERNAL";
      return JSON.stringify({ error: { code, message: `No: ${code}.`, status } });
    },
  },
];

const ANTHROPIC_TYPES: ReadonlyMap<number, string> = new Map([
  [402, "billing_error"],
  [404, "not_found_error"],
  [429, "rate_limit_error"],
  [504, "timeout_error"],
  [529, "overloaded_error"],
]);

const GEMINI_STATUSES: ReadonlyMap<number, string> = new Map([
  [404, "NOT_FOUND"],
  [429, "RESOURCE_EXHAUSTED"],
  [503, "UNAVAILABLE"],
  [504, "DEADLINE_EXCEEDED"],
]);

function openaiError(status: number): string {
  const type = status < 500 ? "invalid_request_error" : "server_error";
  return JSON.stringify({ error: { message: `No: ${status}.`, type, param: null, code: null } });
}

export const COLUMNS: readonly Column[] = VENDORS.flatMap(
  ({ stream, plain, answer, errorBody }) => [
    {
      name: `${stream.name}, in one piece`,
      request: plain,
      healthy: jsonAnswer(200, answer, "X-Request-ID: whole-1"),
      errorBody,
      stream: undefined,
    },
    {
      name: `${stream.name}, streamed`,
      request: stream.request,
      healthy: healthy(stream),
      errorBody,
      stream,
    },
  ],
);
