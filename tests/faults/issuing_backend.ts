/** A backend that understands the ids it issued itself and refuses all others, in its vendor's words. */
import { chunk, type Script } from "../peer.ts";
import { type Answer, jsonAnswer } from "./answers.ts";

export interface IssuingBackend {
  readonly script: Script;
  /** How many requests named nothing that anybody had issued. */
  readonly begun: number;
  /** What it was asked for and had not issued. */
  readonly foreign: readonly string[];
}

/** @param name stands in all that it issues */
export function issuingBackend(name: string): IssuingBackend {
  const known = new Set<string>();
  const foreign: string[] = [];
  let begun = 0;
  const issue = (kind: Kind) => {
    const id = SPELLINGS[kind](`${name}${known.size}`);
    known.add(id);
    return id;
  };
  return {
    script: async ({ request: { target, body }, write }) => {
      const asked = new TextDecoder().decode(body);
      const named = namedIn(asked);
      const unknown = named.find((id) => !known.has(id));
      if (named.length === 0) begun++;
      if (unknown === undefined) return await write(answerTo(target, asked, issue));
      foreign.push(unknown);
      await write(refusalOf(unknown).bytes);
    },
    get begun() {
      return begun;
    },
    foreign,
  };
}

type Kind = "response" | "signature" | "reasoning";
type Issue = (kind: Kind) => string;

/** Seals are base64, in one alphabet or the other. */
const SPELLINGS: Readonly<Record<Kind, (serial: string) => string>> = {
  response: (serial) => `resp_${serial}`,
  signature: (serial) => `EqQB${serial}+/${"Gk8".repeat(9)}==`,
  reasoning: (serial) => `gAAA${serial}-_${"Gk8".repeat(9)}==`,
};

/** All that was issued by anybody and is named in a body. */
function namedIn(body: string): string[] {
  const named = body.matchAll(
    /"(?:previous_response_id|signature|encrypted_content)":"(?<id>[^"]+)"/g,
  );
  return [...named].map(({ groups }) => groups?.id ?? "");
}

/** The refusal of an id or a seal that a backend did not issue. */
export function refusalOf(id: string): Answer {
  if (id.startsWith("EqQB")) {
    const message = "messages.1.content.0: Invalid `signature` in `thinking` block";
    const error = { type: "invalid_request_error", message };
    return jsonAnswer(400, { type: "error", error, request_id: "req_9" }, "request-id: req_9");
  }
  if (id.startsWith("gAAA")) {
    return openaiRefusal(400, "invalid_encrypted_content", {
      message: `The encrypted content ${id.slice(0, 4)}... could not be verified.`,
      param: null,
    });
  }
  return openaiRefusal(404, "previous_response_not_found", {
    message: `Previous response with id '${id}' not found.`,
    param: "previous_response_id",
  });
}

function openaiRefusal(status: number, code: string, rest: object): Answer {
  const error = { type: "invalid_request_error", code, ...rest };
  return jsonAnswer(status, { error }, "X-Request-ID: req-9");
}

function answerTo(target: string, asked: string, issue: Issue): string | Uint8Array {
  const isStreamed = asked.includes(`"stream":true`);
  if (target === "/v1/messages") return isStreamed ? messageEvents(issue) : message(issue);
  const whole = response(issue, { isSealed: asked.includes(`"reasoning.encrypted_content"`) });
  return isStreamed ? responseEvents(whole) : jsonAnswer(200, whole).bytes;
}

function message(issue: Issue): Uint8Array {
  const thought = { type: "thinking", thinking: "Hm.", signature: issue("signature") };
  const content = [thought, { type: "text", text: "Servus" }];
  return jsonAnswer(200, { id: "msg_1", type: "message", role: "assistant", content }).bytes;
}

function messageEvents(issue: Issue): string {
  const block = (index: number, content_block: object) => ({
    type: "content_block_start",
    index,
    content_block,
  });
  const delta = (index: number, delta: object) => ({ type: "content_block_delta", index, delta });
  return stream([
    { type: "message_start", message: { id: "msg_1", content: [] } },
    block(0, { type: "thinking", thinking: "", signature: "" }),
    delta(0, { type: "thinking_delta", thinking: "Hm." }),
    delta(0, { type: "signature_delta", signature: issue("signature") }),
    { type: "content_block_stop", index: 0 },
    block(1, { type: "text", text: "" }),
    delta(1, { type: "text_delta", text: "Servus" }),
    { type: "content_block_stop", index: 1 },
    { type: "message_delta", delta: { stop_reason: "end_turn" } },
    { type: "message_stop" },
  ]);
}

/** The reasoning is sealed for those who ask for it. */
function response(issue: Issue, { isSealed }: { readonly isSealed: boolean }) {
  const text = { type: "output_text", text: "Servus", annotations: [] };
  const seal = isSealed ? { encrypted_content: issue("reasoning") } : {};
  return {
    id: issue("response"),
    object: "response",
    status: "completed",
    error: null,
    output: [
      { type: "reasoning", id: "rs_1", summary: [], ...seal },
      { type: "message", id: "msg_1", role: "assistant", content: [text] },
    ],
  };
}

function responseEvents(whole: ReturnType<typeof response>): string {
  const started = { ...whole, status: "in_progress", output: [] };
  return stream([
    { type: "response.created", response: started },
    { type: "response.output_item.done", output_index: 0, item: whole.output[0] },
    { type: "response.output_text.delta", output_index: 1, delta: "Servus" },
    { type: "response.completed", response: whole },
  ]);
}

const HEAD =
  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

function stream(events: readonly Event[]): string {
  const frames = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return HEAD + frames.map(chunk).join("") + chunk("");
}
