/** Section C of the fault catalogue: failures after the body was sent, F049. */
import assert from "node:assert/strict";
import { connectTo, type RawRequest, requestBytes, textOf } from "../caller.ts";
import { chunk, CLOSED_PORT, type Script, STREAM_HEAD } from "../peer.ts";
import { chain } from "../chain.ts";
import { startProxy } from "../proxy.ts";
import { answer, ask, CHAT, GOOD, isAnswer, jsonAnswer, startLine, STREAMED } from "./answers.ts";

const RESET: Script = ({ reset }) => reset();
const SILENT: Script = () => {};
const REST = { rest: "timeouts: { first_byte_seconds: 0.1 }" };

/** Failures of which nobody knows whether the backend has worked, and the rows they are. */
const AMBIGUOUS: Readonly<Record<string, readonly [Script, number]>> = {
  "is reset": [RESET, 5],
  "is closed": [({ close }) => close(), 5],
  "stays silent": [SILENT, 6],
};

/** What sets something up at the backend, so that a second one of it would be there for good. */
const CREATING: readonly RawRequest[] = [
  { ...CHAT, target: "/v1/batches" },
  { ...CHAT, target: "/v1/fine_tuning/jobs" },
  { ...CHAT, target: "/v1/files" },
];

for (const [what, [script, row]] of Object.entries(AMBIGUOUS)) {
  Deno.test(`F049: an inference call that ${what} after its body is repeated elsewhere, byte for byte`, async () => {
    await using line = await startLine({ primary: script, secondary: GOOD }, REST);
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      `primary: row ${row} cools the route for 300 s`,
      "secondary: answered",
    ]);
    const bodies = ["primary", "secondary"].map((name) => textOf(line.peer(name).requests[0]!));
    assert.deepEqual(bodies, [
      String(CHAT.body).replace("chat", "primary-model"),
      String(CHAT.body).replace("chat", "secondary-model"),
    ]);
  });

  for (const request of script === SILENT ? CREATING.slice(0, 1) : CREATING) {
    Deno.test(`F049: a POST to ${request.target} that ${what} after its body is not repeated`, async () => {
      await using line = await startLine({ primary: script, secondary: GOOD }, REST);
      const { got, attempts } = await line.ask(request);
      assert.equal(got.status, row === 6 ? 504 : 502);
      assert.equal(attempts.length, 1);
      assert.match(JSON.parse(textOf(got)).error.message, /primary \(primary-model\): /);
      assert.equal(line.peer("secondary").connections, 0);
    });
  }
}

for (const status of [408, 429, 500, 503]) {
  Deno.test(`F049: a ${status} to what creates something is its caller's to judge`, async () => {
    const failed = jsonAnswer(status, { error: { message: "perhaps" } }, "x-request-id: r-1");
    await using line = await startLine({ primary: failed, secondary: GOOD });
    const { got, attempts } = await line.ask({ ...CHAT, target: "/v1/batches" });
    isAnswer(got, failed);
    assert.equal(attempts.length, 1);
    assert.equal(line.peer("secondary").connections, 0);
  });
}

Deno.test("F049: what creates something moves on where nothing was sent", async () => {
  await using line = await startLine({ secondary: GOOD });
  const dead = { url: `http://127.0.0.1:${CLOSED_PORT}` };
  await using proxy = await startProxy(chain({ dead, secondary: line.peer("secondary") }));
  const { got, attempts } = await ask(proxy, { ...CHAT, target: "/v1/batches" });
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, [
    "dead: row 4 cools the backend for 300 s",
    "secondary: answered",
  ]);
});

for (const [status, row] of [[401, 9], [403, 9], [429, 11]] as const) {
  Deno.test(`F049: what creates something moves to the pool's next key after a ${status}`, async () => {
    const keys = { primary: ["sk-one-aaaaaaaaaaaa", "sk-two-bbbbbbbbbbbb"] };
    const created = jsonAnswer(200, { id: "batch_1" });
    const primary: Script = ({ index, write }) =>
      write((index === 0 ? jsonAnswer(status, "{}") : created).bytes);
    await using line = await startLine({ primary, secondary: GOOD }, { keys });
    const { got, attempts } = await line.ask({ ...CHAT, target: "/v1/batches" });
    isAnswer(got, created);
    assert.deepEqual(attempts, [
      `primary: row ${row} cools the key for 300 s`,
      "primary: answered",
    ]);
  });
}

const CONTENT = `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Ser"}}]}\n\n`;

Deno.test("F049: nothing is repeated once a byte has reached the caller", async () => {
  const seen = Promise.withResolvers<void>();
  await using line = await startLine({
    primary: async ({ write, reset }) => {
      await write(STREAM_HEAD + chunk(CONTENT));
      await seen.promise;
      reset();
    },
    secondary: answer(200, CONTENT, ["Content-Type: text/event-stream"]),
  });
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes(STREAMED));
  await caller.until(CONTENT);
  seen.resolve();
  const got = await caller.reply();
  assert.deepEqual([got.status, textOf(got), got.ending], [200, CONTENT, "cut"]);
  assert.equal(line.peer("secondary").connections, 0);
  assert.equal(line.cooling("primary"), 300);
});
