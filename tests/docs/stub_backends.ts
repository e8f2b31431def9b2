/** Backends in place of those that a page names: each answers every vendor's format, by its own name. */
import { eventsOf, streamed, type VendorStream } from "../faults/streams.ts";
import { ANTHROPIC, GEMINI, OPENAI_CHAT, OPENAI_RESPONSES } from "../faults/streams.ts";
import { type Peer, reply, type SeenRequest, startPeer } from "../peer.ts";

/** What every answer says; the name of the backend's host follows. */
export const GREETING = "Hello from ";

export interface StubOptions {
  /** Answered 429 where a request shows it. */
  readonly spentKey?: string;
}

export function startStub(host: string, { spentKey }: StubOptions): Promise<Peer> {
  return startPeer(({ request, write }) => {
    const isSpent = spentKey !== undefined && request.head.includes(spentKey);
    return write(isSpent ? SPENT : answerTo(request, GREETING + host));
  });
}

const SPENT = reply(429, `{"error":{"message":"Rate limit reached","type":"rate_limit_error"}}`);

function answerTo({ target, body }: SeenRequest, text: string): Uint8Array {
  const format = FORMATS.find(({ of }) => of.test(target)) ?? CHAT;
  const isStream = target.includes(":stream") ||
    new TextDecoder().decode(body).includes(`"stream":true`);
  if (!isStream) return reply(200, JSON.stringify(format.whole(text)));
  const events = eventsOf(format.stream).map((event) => event.replace("Grüß", text));
  return streamed(format.stream, events).bytes as Uint8Array;
}

interface Format {
  readonly of: RegExp;
  readonly stream: VendorStream;
  readonly whole: (text: string) => unknown;
}

const CHAT: Format = {
  of: /\/chat\/completions/,
  stream: OPENAI_CHAT,
  whole: (content) => ({
    id: "c1",
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
  }),
};

const FORMATS: readonly Format[] = [
  CHAT,
  {
    of: /\/responses/,
    stream: OPENAI_RESPONSES,
    whole: (text) => ({
      id: "r1",
      object: "response",
      status: "completed",
      output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text }] }],
    }),
  },
  {
    of: /\/messages/,
    stream: ANTHROPIC,
    whole: (text) => ({
      id: "m1",
      type: "message",
      role: "assistant",
      content: [{ type: "text", text }],
      stop_reason: "end_turn",
    }),
  },
  {
    of: /:(?:streamG|g)enerateContent/,
    stream: GEMINI,
    whole: (text) => ({
      candidates: [{ content: { role: "model", parts: [{ text }] }, finishReason: "STOP" }],
    }),
  },
];
