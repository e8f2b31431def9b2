/** Claude Code: what a backend answers has to come back as it was, when it was. */
import { callRaw } from "../caller.ts";
import { errorBody, TEXT_EVENTS } from "../contract/anthropic_replies.ts";
import { namedFrame } from "../contract/providers.ts";
import { chunk, type Exchange, reply, STREAM_HEAD } from "../peer.ts";
import { messageBody, messageCall } from "./calls.ts";
import type { Check, Gateway } from "./check.ts";
import { expect, expectBytes, expectHeader, expectStatus } from "./expect.ts";
import { pacedStream, readPaced } from "./paced_stream.ts";

const FRAMES = TEXT_EVENTS.map(namedFrame);
/** Up to its first content, before which a gateway may still change its mind; then event by event. */
const PARTS = [FRAMES.slice(0, 4).join(""), ...FRAMES.slice(4)];

/** The same, with nothing in it but what has to be there. */
const BEGUN = FRAMES.slice(0, 4).filter((frame) => !frame.startsWith("event: ping")).join("");

/** Its stream, with pings, a comment, an unknown event, and line ends of both kinds. */
const STREAM = [
  ...FRAMES.slice(0, 3),
  ": keep-alive\n\n",
  ...FRAMES.slice(3, 6),
  `event: unknown_to_anybody\r\ndata: {"type":"unknown_to_anybody"}\r\n\r\n`,
  ...FRAMES.slice(6),
].join("");

/** What it recovers from by the wording. */
const ERRORS = {
  "a rejected thinking signature": "messages.1.content.0: Invalid `signature` in `thinking` block",
  "a prompt that is too long": "prompt is too long: 210042 tokens > 200000 maximum",
};

/** How a connection can drop. */
const DROPS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  "an end without the last chunk": ({ close }) => close(),
  "a reset": ({ reset }) => reset(),
};

function streamedCall(gateway: Gateway) {
  return messageCall(gateway, { body: messageBody(gateway.models.anthropic, `"stream":true`) });
}

export const CLAUDE_CODE_REPLIES: readonly Check[] = [
  {
    name: "Claude Code: pings, comments and unknown events of a stream pass byte for byte",
    async run(gateway, backends) {
      backends.play(({ write }) => write(STREAM_HEAD + chunk(STREAM) + chunk("")));
      const answer = await callRaw(gateway.url, streamedCall(gateway));
      expectStatus(answer, 200);
      expectBytes(answer.body, STREAM, "the stream was changed");
    },
  },
  {
    name: "Claude Code: each event of a stream arrives before the next is sent",
    async run(gateway, backends) {
      const stream = pacedStream(PARTS);
      backends.play(stream.script);
      const ending = await readPaced(gateway, streamedCall(gateway), stream);
      expect(ending === "whole", "a stream that ended in order was cut");
    },
  },
  ...Object.entries(ERRORS).map(([what, message]): Check => ({
    name: `Claude Code: the error body of ${what} comes byte for byte`,
    async run(gateway, backends) {
      const body = `${JSON.stringify(errorBody("invalid_request_error", message), null, 1)}\n`;
      backends.play(({ write }) => write(reply(400, body, { "request-id": "req_011" })));
      const answer = await callRaw(gateway.url, messageCall(gateway));
      expectStatus(answer, 400);
      expectBytes(answer.body, body, "the error was changed");
      expectHeader(answer, "request-id", "req_011");
    },
  })),
  ...Object.entries(DROPS).map(([how, drop]): Check => ({
    name: `Claude Code: a connection dropped inside a block, by ${how}, is seen as an error`,
    async run(gateway, backends) {
      const stream = pacedStream([BEGUN], drop);
      backends.play(stream.script);
      const ending = await readPaced(gateway, streamedCall(gateway), stream);
      expect(ending === "cut", "the stream ended as if it were whole");
    },
  })),
];
