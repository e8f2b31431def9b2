/** Codex: streams of the Responses API. */
import { RESPONSE_EVENTS } from "../contract/openai_replies.ts";
import { TOOL_RESPONSE_EVENTS } from "../contract/openai_tool_replies.ts";
import { namedFrame } from "../contract/providers.ts";
import { openaiCall } from "./calls.ts";
import type { Check } from "./check.ts";
import { expect } from "./expect.ts";
import { pacedStream, readPaced } from "./paced_stream.ts";

/** Each with the number of events up to its first content. */
const STREAMS = {
  "text": [RESPONSE_EVENTS.map(namedFrame), 5],
  "a function call": [TOOL_RESPONSE_EVENTS.map(namedFrame), 3],
} as const;

export const CODEX_STREAMS: readonly Check[] = Object.entries(STREAMS)
  .map(([what, [frames, opening]]): Check => ({
    name: `Codex: each event of a response with ${what} arrives before the next is sent`,
    async run(gateway, backends) {
      const parts = [frames.slice(0, opening).join(""), ...frames.slice(opening)];
      const stream = pacedStream(parts);
      backends.play(stream.script);
      const ending = await readPaced(gateway, openaiCall(gateway), stream);
      expect(ending === "whole", "a stream that ended in order was cut");
    },
  }));
