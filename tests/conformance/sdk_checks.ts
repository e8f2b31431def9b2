/** The official SDKs: what they retry by, and what must raise in them. */
import { callRaw } from "../caller.ts";
import { TEXT_EVENTS } from "../contract/anthropic_replies.ts";
import { anthropicAt, googleAt, openaiAt } from "../contract/clients.ts";
import { CONTENT_PIECES } from "../contract/google_replies.ts";
import { RATE_LIMITED, RESPONSE_EVENTS, TEXT_CHUNKS } from "../contract/openai_replies.ts";
import { dataFrame, namedFrame, within } from "../contract/providers.ts";
import { reply } from "../peer.ts";
import { openaiCall } from "./calls.ts";
import type { Check, Gateway } from "./check.ts";
import { expect, expectBytes, expectHeader, expectStatus } from "./expect.ts";
import { pacedStream } from "./paced_stream.ts";

const HINTS = { "retry-after": "1", "retry-after-ms": "950", "x-should-retry": "true" };
const MESSAGES = [{ role: "user" as const, content: "Hello" }];

interface Reader {
  /** The stream up to its first content. */
  readonly begun: string;
  /** The pieces of content, as they come. */
  readonly read: (gateway: Gateway) => AsyncIterable<unknown>;
}

const READERS: Readonly<Record<string, Reader>> = {
  "OpenAI's SDK, chat": {
    begun: TEXT_CHUNKS.slice(0, 2).map(dataFrame).join(""),
    async *read({ url, key: apiKey, models: { openai: model } }) {
      const call = { model, messages: MESSAGES, stream: true } as const;
      for await (
        const { choices } of await openaiAt(url, { apiKey }).chat.completions.create(call)
      ) {
        if (choices[0]?.delta.content) yield choices;
      }
    },
  },
  "OpenAI's SDK, responses": {
    begun: RESPONSE_EVENTS.slice(0, 5).map(namedFrame).join(""),
    async *read({ url, key: apiKey, models: { openai: model } }) {
      const call = { model, input: "Hello", stream: true } as const;
      for await (const { type } of await openaiAt(url, { apiKey }).responses.create(call)) {
        if (type === "response.output_text.delta") yield type;
      }
    },
  },
  "Anthropic's SDK": {
    begun: TEXT_EVENTS.slice(0, 4).map(namedFrame).join(""),
    async *read({ url, key: apiKey, models: { anthropic: model } }) {
      const call = { model, max_tokens: 64, messages: MESSAGES, stream: true } as const;
      for await (const { type } of await anthropicAt(url, { apiKey }).messages.create(call)) {
        if (type === "content_block_delta") yield type;
      }
    },
  },
  "Google's SDK": {
    begun: CONTENT_PIECES.slice(0, 1).map(dataFrame).join(""),
    async *read({ url, key: apiKey, models: { gemini: model } }) {
      const call = { model, contents: "Hello" };
      const { models } = googleAt(url, { apiKey });
      for await (const { text } of await models.generateContentStream(call)) yield text;
    },
  },
};

export const SDK_CHECKS: readonly Check[] = [
  ...Object.entries(READERS).map(([sdk, { begun, read }]): Check => ({
    name: `SDKs: a cut stream raises in ${sdk}`,
    async run(gateway, backends) {
      const stream = pacedStream([begun], ({ close }) => close());
      backends.play(stream.script);
      const pieces = read(gateway)[Symbol.asyncIterator]();
      await within(pieces.next(), gateway.patienceMs, "the first content arrives");
      stream.seen(0);
      const ended = exhausted(pieces).then(() => "in order", () => "raised");
      const how = await within(ended, gateway.patienceMs, "the SDK ends");
      expect(how === "raised", "the SDK took the stream for whole");
    },
  })),
  {
    name: "SDKs: retry-after, retry-after-ms and x-should-retry of a 429 pass",
    async run(gateway, backends) {
      const body = JSON.stringify(RATE_LIMITED);
      backends.play(({ write }) => write(reply(429, body, HINTS)));
      const answer = await callRaw(gateway.url, openaiCall(gateway));
      expectStatus(answer, 429);
      expectBytes(answer.body, body, "the error was changed");
      for (const [name, value] of Object.entries(HINTS)) expectHeader(answer, name, value);
    },
  },
];

async function exhausted<T>(items: AsyncIterator<T>): Promise<void> {
  while (!(await items.next()).done);
}
