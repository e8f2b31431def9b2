/** Section D of the fault catalogue: events at once, right lengths and wrong labels: F069, F078, F080. */
import assert from "node:assert/strict";
import { lineValue, passedLines, type RawRequest, textOf } from "../caller.ts";
import { chunk, type Script } from "../peer.ts";
import { answer, CHAT, GOOD, isAnswer, startLine, STREAMED } from "./answers.ts";
import { attemptsIn, endingIn, follow } from "./follow.ts";
import { bodyOf, eventsOf, headOf, healthy, linesOf, OPENAI_CHAT, STREAMS } from "./streams.ts";

for (const stream of STREAMS) {
  Deno.test(`F069: each event passes before the next is sent, as it is: ${stream.name}`, async () => {
    const events = eventsOf(stream);
    const [before, between, after] = stream.frame;
    const held = stream.opening.length;
    const seen = events.map(() => Promise.withResolvers<void>());
    const primary: Script = async ({ write }) => {
      await write(headOf(stream));
      for (const [index, event] of events.entries()) {
        await write(chunk((index === 0 ? before : between) + event));
        if (index >= held) await seen[index]?.promise;
      }
      await write((after && chunk(after)) + chunk(""));
    };
    await using line = await startLine({ primary });
    const request = { ...stream.request, lines: ["Accept-Encoding: gzip, br, zstd"] };
    const { got } = await follow(line, request, async (caller) => {
      for (const [index, event] of events.entries()) {
        if (index >= held) await caller.until(event);
        seen[index]?.resolve();
      }
    });
    assert.equal(textOf(got), bodyOf(stream, events));
    assert.deepEqual(passedLines(got), linesOf(stream));
  });
}

Deno.test("F078: a request's length is that of the body with its new model name", async () => {
  for (const name of ["x", "a-far-longer-name-than-the-alias", "größer-🌍"]) {
    await using line = await startLine({ primary: GOOD });
    await line.proxy.configure(`
backends: [{ name: primary, url: "${line.peer("primary").url}" }]
models: { chat: [{ backend: primary, model: "${name}" }] }`);
    isAnswer((await line.ask()).got, GOOD);
    const { headers, body } = await line.peer("primary").seen(0);
    const lengths = headers.filter(([key]) => key.toLowerCase() === "content-length");
    assert.deepEqual(lengths.map(([, value]) => Number(value)), [body.length]);
    assert.equal(new TextDecoder().decode(body), String(CHAT.body).replace("chat", name));
  }
});

Deno.test("F078: a reply that had a length keeps it, and one that had none gets the right one", async () => {
  const text = String(GOOD.body);
  const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
  const replies = [
    GOOD.bytes,
    `${head}transfer-encoding: chunked\r\n\r\n${chunk(text)}${chunk("")}`,
  ];
  const primary: Script = ({ index, write }) => write(replies[index] ?? "");
  await using line = await startLine({ primary });
  for (const _ of replies) {
    const { got } = await line.ask();
    assert.equal(textOf(got), text);
    const length = lineValue(got, "content-length");
    assert.ok(length === undefined || length === String(got.body.length), `not ${length}`);
  }
});

Deno.test("F078: our own answers have the length of their bytes", async () => {
  await using line = await startLine({ primary: answer(200, "<html>größer</html>") });
  const unknown: RawRequest = { body: `{"model":"größer-🌍"}` };
  for (const request of [CHAT, unknown, { body: "{" }]) {
    const { got } = await line.ask(request);
    assert.ok(got.status >= 400);
    assert.equal(lineValue(got, "content-length"), String(got.body.length));
    assert.ok(JSON.parse(textOf(got)).error.message);
  }
});

Deno.test("F078: an error event of ours has no room in a body whose length is announced", async () => {
  const body = bodyOf(OPENAI_CHAT, OPENAI_CHAT.content);
  const head = headOf(OPENAI_CHAT, "Content-Length: 5000");
  const primary: Script = async ({ write, close }) => {
    await write(head + body);
    close();
  };
  const rest = "detection: { mid_stream_error: event }";
  await using line = await startLine({ primary }, { rest });
  const { got } = await follow(line, OPENAI_CHAT.request);
  assert.deepEqual([textOf(got), got.ending], [body, "cut"]);
  assert.equal(lineValue(got, "content-length"), "5000");
});

const LABELS = [
  "text/plain",
  "application/json",
  "application/x-ndjson",
  "application/octet-stream",
  "",
];

for (const label of LABELS) {
  for (const stream of STREAMS) {
    const lines = label === "" ? [] : [`Content-Type: ${label}`];
    Deno.test(`F080: a stream labelled ${label || "by nothing"} is one all the same: ${stream.name}`, async () => {
      const labelled = (events: readonly string[]) => answer(200, bodyOf(stream, events), lines);
      const whole = labelled(eventsOf(stream));
      const failed = labelled([...stream.opening, ...stream.errors]);
      const primary: Script = ({ index, write }) => write((index === 0 ? whole : failed).bytes);
      await using line = await startLine({ primary, secondary: healthy(stream) });
      isAnswer((await line.ask(stream.request)).got, whole);
      const { got, log } = await follow(line, stream.request);
      isAnswer(got, healthy(stream));
      assert.match(attemptsIn(log)[0] ?? "", /^primary: stream failed: .* error event /);
    });
  }
}

for (const request of [CHAT, STREAMED]) {
  const how = request === CHAT ? "a call" : "a streamed call";
  const lines = ["Content-Type: text/event-stream"];

  Deno.test(`F080: JSON labelled as an event stream answers ${how}`, async () => {
    const primary = answer(200, GOOD.body, lines);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, log } = await follow(line, request);
    isAnswer(got, primary);
    assert.equal(endingIn(log).length, 1);
    assert.equal(line.cooling("primary"), 0);
  });

  Deno.test(`F080: a JSON error labelled as an event stream, to ${how}, is an error`, async () => {
    const primary = answer(200, `{"error":{"message":"Overloaded"}}`, lines);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, log } = await follow(line, request);
    isAnswer(got, GOOD);
    assert.match(
      attemptsIn(log)[0] ?? "",
      /^primary: error in a 200: .*; the route cools for 300 s, set by cooldown_seconds$/,
    );
  });
}
