/** Section D of the fault catalogue: every caller gets its own answer, F079. */
import assert from "node:assert/strict";
import { connectTo, type RawRequest, requestBytes, textOf } from "../caller.ts";
import { chunk, type Script } from "../peer.ts";
import { jsonAnswer, startLine } from "./answers.ts";
import { bodyOf, headOf, healthy, OPENAI_CHAT } from "./streams.ts";

const CALLERS = 100;
const REQUESTS_EACH = 20;

/** Numbers from 0 to below 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function call(nonce: string, streamed: boolean): RawRequest {
  return { body: JSON.stringify({ model: "chat", stream: streamed, messages: [], user: nonce }) };
}

/** The nonce all over the answer: none of its parts could be another's unnoticed. */
function eventsFor(nonce: string): string[] {
  const delta = (content: string) =>
    JSON.stringify({ choices: [{ index: 0, delta: { content } }] });
  const content = Array.from(
    { length: 5 },
    (_, index) => `data: ${delta(`${nonce} ${index}`)}\n\n`,
  );
  return [...content, ...OPENAI_CHAT.closing];
}

function answerFor(nonce: string) {
  const content = `${nonce} `.repeat(100);
  return jsonAnswer(200, { choices: [{ message: { role: "assistant", content } }] });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Answers each request with its own nonce, in parts and not in order. */
function echoing(random: () => number): Script {
  return async ({ request, write }) => {
    const { user, stream } = JSON.parse(new TextDecoder().decode(request.body));
    await sleep(random() * 10);
    if (!stream) return await write(answerFor(user).bytes);
    await write(headOf(OPENAI_CHAT));
    for (const event of eventsFor(user)) {
      await write(chunk(event));
      if (random() < 0.3) await sleep(random() * 5);
    }
    await write(chunk(""));
  };
}

/** One caller's requests, one after the other; sometimes it leaves before the answer is there. */
async function callOften(url: string, name: string, random: () => number): Promise<number> {
  let answered = 0;
  let caller = await connectTo(url);
  for (let index = 0; index < REQUESTS_EACH; index++) {
    const nonce = `${name}-${index}`;
    const streamed = random() < 0.5;
    await caller.send(requestBytes(call(nonce, streamed)));
    if (random() < 0.15) {
      await sleep(random() * 15);
      caller.leave();
      await caller.closed;
      caller = await connectTo(url);
      continue;
    }
    const got = await caller.reply();
    const expected = streamed ? bodyOf(OPENAI_CHAT, eventsFor(nonce)) : answerFor(nonce).body;
    assert.deepEqual([got.status, textOf(got), got.ending], [200, expected, "whole"]);
    answered++;
  }
  await caller[Symbol.asyncDispose]();
  return answered;
}

Deno.test("F079: of 2,000 requests, 100 at a time, some left, each gets its own answer", async () => {
  const random = randomFrom(79);
  const primary = echoing(random);
  const rest = `logging: { request_dir: "", error_dir: "" }`;
  await using line = await startLine({ primary, secondary: healthy(OPENAI_CHAT) }, { rest });
  const callers = Array.from({ length: CALLERS }, (_, index) => {
    return callOften(line.proxy.url, `caller${index}`, random);
  });
  const answered = (await Promise.all(callers)).reduce((sum, count) => sum + count, 0);
  assert.ok(answered > CALLERS * REQUESTS_EACH * 0.7, `only ${answered} were answered`);
  assert.ok(answered < CALLERS * REQUESTS_EACH, "nobody left");
  assert.equal(line.peer("secondary").connections, 0);
  assert.equal(line.cooling("primary"), 0);
});
