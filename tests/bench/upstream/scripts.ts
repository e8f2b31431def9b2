/** What the scripted backend answers, made once: the load checks replies against the same bytes. */

/**
 * json: a chat completion of some 350 bytes. sse and anthropic: 200 events at once, a write each. paced:
 * 25 events, one every 20 ms. brief: 5 of them, 5 ms apart. idle: one event, then nothing until the
 * caller has gone.
 */
export const SCRIPTS = ["json", "sse", "anthropic", "paced", "brief", "idle"] as const;
export type Script = typeof SCRIPTS[number];

export const SSE_EVENTS = 200;
export const PACED_EVENTS = 25;
/** Between the events of a paced stream. */
export const PACE_MS = 20;

/** What the backend calls the model; callers say {@link ALIAS}. */
export const MODEL = "gpt-4o-2024-11-20";
export const ALIAS = "gpt-bench";

/** What every script's content is made of. */
export const WORD = " token";

const encoder = new TextEncoder();
const CHUNK = { id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1_750_000_000 };
const USAGE = { prompt_tokens: 240, completion_tokens: 196, total_tokens: 436 };

/** The body of the `json` reply. */
export const JSON_BODY = encoder.encode(JSON.stringify({
  id: "chatcmpl-bench",
  object: "chat.completion",
  created: 1_750_000_000,
  model: MODEL,
  choices: [{
    index: 0,
    message: { role: "assistant", content: WORD.repeat(16) },
    finish_reason: "stop",
  }],
  usage: USAGE,
}));

/** The events of a stream, as they stand in the body. */
export function eventsOf(script: Exclude<Script, "json">): readonly Uint8Array[] {
  switch (script) {
    case "sse":
      return chatEvents(SSE_EVENTS);
    case "paced":
      return chatEvents(PACED_EVENTS);
    case "brief":
      return chatEvents(5);
    case "anthropic":
      return messageEvents(SSE_EVENTS);
    case "idle":
      return [chatEvent({ role: "assistant", content: WORD })];
  }
}

/** The first with the role, the last three with the reason, the usage and `[DONE]`, the rest content. */
function chatEvents(count: number): Uint8Array[] {
  return [
    chatEvent({ role: "assistant", content: WORD }),
    ...Array.from({ length: count - 4 }, () => chatEvent({ content: WORD })),
    chatEvent({}, "stop"),
    event({ ...CHUNK, model: MODEL, choices: [], usage: USAGE }),
    encoder.encode("data: [DONE]\n\n"),
  ];
}

function chatEvent(delta: object, finish_reason: string | null = null): Uint8Array {
  return event({ ...CHUNK, model: MODEL, choices: [{ index: 0, delta, finish_reason }] });
}

function messageEvents(count: number): Uint8Array[] {
  const usage = { input_tokens: 240, output_tokens: 1 };
  const message = { id: "msg_bench", type: "message", role: "assistant", model: MODEL, usage };
  const delta = { type: "text_delta", text: WORD };
  return [
    named("message_start", { message: { ...message, content: [], stop_reason: null } }),
    named("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    ...Array.from({ length: count - 5 }, () => {
      return named("content_block_delta", { index: 0, delta });
    }),
    named("content_block_stop", { index: 0 }),
    named("message_delta", { delta: { stop_reason: "end_turn" }, usage }),
    named("message_stop"),
  ];
}

function event(data: object): Uint8Array {
  return encoder.encode(`data: ${JSON.stringify(data)}\n\n`);
}

function named(type: string, fields: object = {}): Uint8Array {
  return encoder.encode(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
}
