/** Section D of the fault catalogue: error events before and after content, F061 and F062. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { textOf } from "../caller.ts";
import { chunk, type Script } from "../peer.ts";
import { answer, isAnswer, type Line, startLine } from "./answers.ts";
import { attemptsIn, endingIn, follow, pausing, withinASecond } from "./follow.ts";
import {
  ANTHROPIC,
  bodyOf,
  headOf,
  healthy,
  linesOf,
  OPENAI_CHAT,
  startOf,
  streamed,
  STREAMS,
  type VendorStream,
} from "./streams.ts";

const INVISIBLE = [
  "primary: stream failed: status 200, but an error event came before any content; fallback to secondary (secondary-model); " +
  "the route cools for 300 s, set by cooldown_seconds",
  "secondary: answer: status 200; passed on to the caller",
];

/** Each error of each vendor's, for a test's name. */
const ERRORS = STREAMS.flatMap((stream) =>
  stream.errors.map((error, index) => ({
    ...stream,
    stream,
    error,
    name: `${stream.name}, error ${index + 1}`,
  }))
);

for (const { name, stream, request, opening, content, error } of ERRORS) {
  for (
    const [when, before] of [["as the first event", []], ["after the opening", opening]] as const
  ) {
    Deno.test(`F061: an error event ${when} is invisible: the next backend answers: ${name}`, async () => {
      const primary = streamed(stream, [...before, error]);
      await using line = await startLine({ primary, secondary: healthy(stream) });
      const { got, log } = await follow(line, request);
      isAnswer(got, healthy(stream));
      assert.deepEqual(attemptsIn(log), INVISIBLE);
      assert.equal(line.cooling("primary"), 300);
      assert.equal(line.cooling("secondary"), 0);
    });
  }

  Deno.test(`F061: an error event ends the hold, though its stream goes on: ${name}`, async () => {
    const primary = pausing(headOf(stream) + chunk(startOf(stream, [...opening, error, ""])));
    primary.goOn();
    await using line = await startLine({ primary: primary.script, secondary: healthy(stream) });
    const { got, log } = await follow(line, request);
    isAnswer(got, healthy(stream));
    assert.deepEqual(attemptsIn(log), INVISIBLE);
    await withinASecond("the backend's connection is closed", primary.gone);
  });

  Deno.test(`F061: an error event comes as it came where nobody else is: ${name}`, async () => {
    const primary = streamed(stream, [...opening, error]);
    await using line = await startLine({ primary });
    const { got, log } = await follow(line, request);
    isAnswer(got, primary);
    assert.deepEqual(attemptsIn(log), [
      INVISIBLE[0]?.replace("fallback to secondary (secondary-model)", "no other route"),
    ]);
  });

  Deno.test(`F061: with stream_gate: false an error event first is passed on: ${name}`, async () => {
    const primary = streamed(stream, [...opening, error]);
    const rest = "detection: { stream_gate: false }";
    await using line = await startLine({ primary, secondary: healthy(stream) }, { rest });
    const { got, log } = await follow(line, request);
    isAnswer(got, primary);
    assert.deepEqual(attemptsIn(log), ["primary: answer: status 200; passed on to the caller"]);
    assert.equal(line.cooling("primary"), 300);
    assert.equal(line.peer("secondary").connections, 0);
  });

  Deno.test(`F062: an error event after content passes unchanged, and cools the route: ${name}`, async () => {
    const primary = streamed(stream, [...opening, ...content, error]);
    await using line = await startLine({ primary, secondary: healthy(stream) });
    const { got, log } = await follow(line, request);
    isAnswer(got, primary);
    await isLate(line, log);
    assert.deepEqual(line.cooling("primary"), 300);
    isAnswer((await line.ask(request)).got, healthy(stream));
  });
}

/** What the log says of an error after content; no other backend was asked. */
async function isLate({ proxy, peer }: Line, log: string): Promise<void> {
  const late =
    "late error: an error event came after content; the route cools for 300 s, set by cooldown_seconds";
  assert.deepEqual(attemptsIn(log), ["primary: answer: status 200; passed on to the caller"]);
  const [ending = "", noted] = endingIn(log);
  assert.ok(ending.startsWith("complete after "), ending);
  assert.equal(noted, late);
  assert.ok(proxy.lines.some((line) => line.includes(" WARN ") && line.includes(late)));
  assert.deepEqual(await proxy.logs("errors"), [log]);
  assert.equal(peer("secondary").connections, 0);
}

Deno.test("F061: pings and comments before an error event do not commit the stream", async () => {
  const noise = Array.from({ length: 200 }, () => `: ${"x".repeat(2_000)}\n\n`);
  const pings = Array.from({ length: 200 }, () => ANTHROPIC.opening.at(-1) ?? "");
  const events = [...noise, ...ANTHROPIC.opening, ...pings, ...ANTHROPIC.errors];
  const primary = streamed(ANTHROPIC, events);
  await using line = await startLine({ primary, secondary: healthy(ANTHROPIC) });
  isAnswer((await line.ask(ANTHROPIC.request)).got, healthy(ANTHROPIC));
});

/** What fills the gate: past it an error is no longer hidden, and nothing fails for it. */
const FILLS: Readonly<Record<string, (stream: VendorStream) => string[]>> = {
  "65 events": ({ opening }) => Array.from({ length: 65 }, () => opening[0] ?? ""),
  "256 KiB": (
    { opening },
  ) => [(opening[0] ?? "").replace(/\{/, `{"pad":"${"x".repeat(300_000)}",`)],
};

for (const stream of STREAMS) {
  for (const [what, fill] of Object.entries(FILLS)) {
    Deno.test(`F061: the gate lets go after ${what} without content: ${stream.name}`, async () => {
      const filler = fill(stream);
      const filled = pausing(headOf(stream) + chunk(startOf(stream, filler)), async ({ write }) => {
        const rest = streamed(stream, [...filler, ...stream.errors.slice(-1)]);
        await write(chunk(String(rest.body).slice(startOf(stream, filler).length)) + chunk(""));
      });
      const behaviours = { primary: filled.script, secondary: healthy(stream) };
      await using line = await startLine(behaviours);
      const { got, log } = await follow(line, stream.request, async (caller) => {
        await caller.until(stream.opening[0]?.slice(-20) ?? "");
        filled.goOn();
      });
      isAnswer(got, streamed(stream, [...filler, ...stream.errors.slice(-1)]));
      await isLate(line, log);
    });
  }
}

Deno.test("F061: an event that is no JSON before any content is invisible, too", async () => {
  const primary = streamed(OPENAI_CHAT, [...OPENAI_CHAT.opening, "data: <html>busy</html>\n\n"]);
  await using line = await startLine({ primary, secondary: healthy(OPENAI_CHAT) });
  const { got, log } = await follow(line, OPENAI_CHAT.request);
  isAnswer(got, healthy(OPENAI_CHAT));
  assert.match(
    attemptsIn(log)[0] ?? "",
    /^primary: stream failed: .*an event is no JSON: "<html>bu…"/,
  );
});

Deno.test("F062: an error event after which the backend resets is still the error that came", async () => {
  const { request, content, errors } = ANTHROPIC;
  const sent = startOf(ANTHROPIC, [...content, ...errors]);
  const reset: Script = ({ reset }) => reset();
  const primary = pausing(headOf(ANTHROPIC) + chunk(sent), reset);
  await using line = await startLine({ primary: primary.script, secondary: healthy(ANTHROPIC) });
  const { got, log } = await follow(line, request, async (caller) => {
    await caller.until("overloaded_error");
    primary.goOn();
  });
  assert.deepEqual([textOf(got), got.ending], [sent, "cut"]);
  assert.match(
    endingIn(log)[1] ?? "",
    /^late error: .*; the route cools for 300 s, set by cooldown_seconds$/,
  );
});

Deno.test("F062: how long the route cools, the error event may say", async () => {
  const error = `event: error\ndata: {"type":"error","error":{"type":"rate_limit_error",` +
    `"resets_in_seconds":42}}\n\n`;
  await using line = await startLine({
    primary: streamed(ANTHROPIC, [...ANTHROPIC.content, error]),
  });
  const { log } = await follow(line, ANTHROPIC.request);
  assert.match(endingIn(log)[1] ?? "", /the route cools for 42 s, as the error said$/);
});

for (const stream of STREAMS) {
  Deno.test(`F061: a compressed stream is judged by what is in it: ${stream.name}`, async () => {
    const lines = [...linesOf(stream), "Content-Encoding: gzip"];
    const { opening, content, closing, errors, request } = stream;
    const zipped = [[...opening, ...content, ...closing], [...opening, ...errors]]
      .map((events) => answer(200, gzipSync(bodyOf(stream, events)), lines));
    const primary: Script = ({ index, write }) => write(zipped[index]?.bytes ?? "");
    await using line = await startLine({ primary, secondary: healthy(stream) });
    isAnswer((await line.ask(request)).got, zipped[0] ?? assert.fail());
    assert.equal(line.cooling("primary"), 0);
    const { got, log } = await follow(line, request);
    isAnswer(got, healthy(stream));
    assert.deepEqual(attemptsIn(log), INVISIBLE);
  });
}
