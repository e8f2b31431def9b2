/** Section D of the fault catalogue: streams that end without saying so, and that may, F063 and F064. */
import assert from "node:assert/strict";
import { type RawReply, textOf } from "../caller.ts";
import { chunk } from "../peer.ts";
import { eventsByOracle } from "../wire/sse_oracle.ts";
import { answer, isAnswer, startLine } from "./answers.ts";
import { attemptsIn, endingIn, follow, pausing } from "./follow.ts";
import {
  ANTHROPIC,
  GEMINI,
  GEMINI_ARRAY,
  headOf,
  healthy,
  linesOf,
  OPENAI_CHAT,
  OPENAI_RESPONSES,
  startOf,
  streamed,
  STREAMS,
  type VendorStream,
} from "./streams.ts";

const WITHOUT_TERMINAL = "the stream ended without a terminal event";

for (const stream of STREAMS) {
  const { name, request, opening, content } = stream;
  const unfinished = streamed(stream, [...opening, ...content]);

  Deno.test(`F063: an end without a terminal event is a cut, and nothing is added: ${name}`, async () => {
    await using line = await startLine({ primary: unfinished, secondary: healthy(stream) });
    const { got, log } = await follow(line, request);
    assert.deepEqual([got.status, got.ending, textOf(got)], [200, "cut", unfinished.body]);
    const late = `stream cut: the reply broke off after ${got.body.length} bytes ` +
      `(${WITHOUT_TERMINAL}); the route cools for 300 s, set by cooldown_seconds`;
    assert.equal(endingIn(log)[1], late);
    assert.ok(line.proxy.lines.some((text) => text.includes(" WARN ") && text.includes(late)));
    assert.equal(line.peer("secondary").connections, 0);
    isAnswer((await line.ask(request)).got, healthy(stream));
  });

  Deno.test(`F063: where the length promised no more, the end still counts as a cut: ${name}`, async () => {
    const primary = answer(200, unfinished.body, linesOf(stream));
    await using line = await startLine({ primary });
    const { got, log } = await follow(line, request);
    assert.deepEqual([got.ending, textOf(got)], ["cut", String(primary.body).slice(0, -1)]);
    assert.match(
      endingIn(log)[1] ?? "",
      /^stream cut: .*; the route cools for 300 s, set by cooldown_seconds$/,
    );
  });

  Deno.test(`F063: an end before any content stays hidden: ${name}`, async () => {
    const primary = streamed(stream, opening);
    await using line = await startLine({ primary, secondary: healthy(stream) });
    const { got, log } = await follow(line, request);
    isAnswer(got, healthy(stream));
    assert.match(
      attemptsIn(log)[0] ?? "",
      /^primary: stream failed: .*; the route cools for 300 s, set by cooldown_seconds$/,
    );
  });

  Deno.test(`F063: with mid_stream_error: event the caller is told, and then cut: ${name}`, async () => {
    const rest = "detection: { mid_stream_error: event }";
    await using line = await startLine({ primary: unfinished }, { rest });
    const { got, log } = await follow(line, request);
    assert.equal(got.ending, "cut");
    isToldOfCut(stream, got, String(unfinished.body));
    assert.match(endingIn(log)[1] ?? "", /^stream cut: /);
  });

  Deno.test(`F063: with mid_stream_error: event half an event is ended before ours: ${name}`, async () => {
    const rest = "detection: { mid_stream_error: event }";
    const half = startOf(stream, [...content, (content[0] ?? "").slice(0, 30)]);
    const primary = pausing(headOf(stream) + chunk(half), ({ close }) => close());
    await using line = await startLine({ primary: primary.script }, { rest });
    const { got } = await follow(line, request, async (caller) => {
      await caller.until(content[1] ?? "");
      primary.goOn();
    });
    assert.equal(got.ending, "cut");
    isToldOfCut(stream, got, half);
  });
}

/** The last event of a stream that its backend broke, as each vendor words it, less the message. */
const OWN_EVENTS: Readonly<Record<string, unknown>> = {
  "OpenAI chat": { error: { type: "api_error", param: null, code: "stream_broken" } },
  "OpenAI Responses": { type: "error", code: "stream_broken", param: null, sequence_number: 0 },
  "Anthropic": { type: "error", error: { type: "api_error" } },
  "Gemini": { error: { code: 502, status: "UNAVAILABLE" } },
};

/** What came, and after it an error event that a client of the vendor's takes for one. */
function isToldOfCut({ name, frame }: VendorStream, got: RawReply, sent: string): void {
  const text = textOf(got);
  if (frame.join("") !== "") return assert.equal(text, sent);
  assert.ok(text.startsWith(sent));
  const last = eventsByOracle(got.body).at(-1);
  assert.equal(last?.type, name === "Gemini" || name === "OpenAI chat" ? "" : "error");
  const { message, ...flat } = JSON.parse(last?.data ?? "");
  const { message: inner, ...error } = flat.error ?? {};
  assert.match(message ?? inner, /^The backend's answer broke off: .* is not complete\.$/);
  assert.deepEqual(flat.error === undefined ? flat : { ...flat, error }, OWN_EVENTS[name]);
}

type Ends = Readonly<Record<string, readonly [VendorStream, readonly string[]]>>;

/** Ends that say so, each in its vendor's way. */
const TERMINALS: Ends = {
  "OpenAI chat with [DONE] alone": [OPENAI_CHAT, OPENAI_CHAT.closing.slice(-1)],
  "OpenAI Responses, which has no [DONE]": [OPENAI_RESPONSES, OPENAI_RESPONSES.closing],
  "OpenAI Responses that is incomplete": [OPENAI_RESPONSES, [
    `event: response.incomplete\ndata: {"type":"response.incomplete","response":{"id":"r1"}}\n\n`,
  ]],
  "Anthropic, which has no [DONE]": [ANTHROPIC, ANTHROPIC.closing],
  "Gemini, which has no [DONE]": [GEMINI, GEMINI.closing],
  "Gemini as an array": [GEMINI_ARRAY, GEMINI_ARRAY.closing],
};

/** Ends after content that only give the reason. */
const REASONS: Ends = {
  "OpenAI chat without [DONE]": [OPENAI_CHAT, OPENAI_CHAT.closing.slice(0, -1)],
  "OpenAI chat with usage at its end and without [DONE]": [OPENAI_CHAT, [
    ...OPENAI_CHAT.closing.slice(0, -1),
    `data: {"id":"c1","choices":[],"usage":{"total_tokens":9}}\n\n`,
  ]],
  "Anthropic without message_stop": [ANTHROPIC, ANTHROPIC.closing.slice(0, -1)],
};

for (const [what, [stream, closing]] of Object.entries({ ...TERMINALS, ...REASONS })) {
  Deno.test(`F064: a stream is whole: ${what}`, async () => {
    await isWhole(stream, [...stream.opening, ...stream.content, ...closing]);
  });
}

for (const [what, [stream, closing]] of Object.entries(TERMINALS)) {
  Deno.test(`F064: an empty answer is an answer: ${what}`, async () => {
    await isWhole(stream, [...stream.opening, ...closing]);
  });
}

async function isWhole(stream: VendorStream, events: readonly string[]): Promise<void> {
  const primary = streamed(stream, events);
  await using line = await startLine({ primary, secondary: healthy(stream) });
  const { got, log } = await follow(line, stream.request);
  isAnswer(got, primary);
  assert.deepEqual(attemptsIn(log), ["primary: answer: status 200; passed on to the caller"]);
  const [ending = "", ...late] = endingIn(log);
  assert.ok(ending.startsWith("complete after "));
  assert.deepEqual(late, []);
  assert.deepEqual(await line.proxy.logs("errors"), []);
  assert.equal(line.cooling("primary"), 0);
}

Deno.test("F064: of a format that nobody knows, an end in order is whole", async () => {
  const primary = streamed(OPENAI_CHAT, [`data: {"some":"thing"}\n\n`]);
  await using line = await startLine({ primary });
  const { got, log } = await follow(line, { ...OPENAI_CHAT.request, target: "/v1/embeddings" });
  isAnswer(got, primary);
  assert.equal(endingIn(log).length, 1);
});
