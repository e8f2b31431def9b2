/** Section C of the fault catalogue: callers that repeat what the proxy repeats already, F050. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import type { Peer, SeenRequest } from "../peer.ts";
import { CHAT, isAnswer, jsonAnswer, type Line, startLine } from "./answers.ts";

const BUSY = jsonAnswer(503, { error: { message: "busy" } }, "retry-after-ms: 1");
const FOUR = { one: BUSY, two: BUSY, three: BUSY, four: BUSY };

function requestsOf(line: Line, names: readonly string[]): SeenRequest[] {
  return names.map((name): Peer => line.peer(name)).flatMap(({ requests }) => requests);
}

function retryCount({ headers }: SeenRequest): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === "x-stainless-retry-count")?.[1];
}

Deno.test("F050: an SDK's retries over four failing backends make nine attempts, not twelve", async () => {
  await using line = await startLine(FOUR);
  const client = new OpenAI({
    apiKey: "sk-caller",
    baseURL: `${line.proxy.url}/v1`,
    maxRetries: 2,
  });
  const asked = client.chat.completions.create({ model: "chat", messages: [] });
  await assert.rejects(async () => await asked, { status: 503 });
  const counts = requestsOf(line, ["one", "two", "three", "four"]).map(retryCount);
  assert.deepEqual(counts.sort(), ["0", "0", "0", "1", "1", "1", "2", "2", "2"]);
});

Deno.test("F050: x-stainless-retry-count passes untouched to every backend", async () => {
  await using line = await startLine(FOUR);
  for (const count of ["0", "2", " 07", "not a number"]) {
    const lines = ["Content-Type: application/json", `X-Stainless-Retry-Count: ${count}`];
    const before = requestsOf(line, Object.keys(FOUR)).length;
    line.proxy.pass(3600);
    await line.ask({ ...CHAT, lines });
    const seen = requestsOf(line, Object.keys(FOUR));
    assert.equal(seen.length - before, 3);
    assert.equal(seen.filter((request) => retryCount(request) === count.trim()).length, 3);
  }
});

for (const [maxRetries, attempts] of [[1, 1], [2, 2], [0, 4]] as const) {
  Deno.test(`F050: max_retries ${maxRetries} bounds a request to ${attempts} attempts`, async () => {
    const rest = `fallback: { max_retries: ${maxRetries} }`;
    await using line = await startLine(FOUR, { rest });
    const asked = await line.ask();
    isAnswer(asked.got, BUSY);
    assert.equal(asked.attempts.length, attempts);
  });
}

/** Seconds that each of four backends takes to fail, and how many are tried within ten. */
const PACES: readonly (readonly [number, number])[] = [
  [10, 1],
  [9.9, 2],
  [4, 3],
  [2.5, 4],
];

for (const [seconds, attempts] of PACES) {
  Deno.test(`F050: deadline_seconds 10 lets ${attempts} of 4 attempts begin that take ${seconds} s`, async () => {
    const slow = ({ write }: { write: (bytes: Uint8Array) => Promise<void> }) => {
      line.proxy.pass(seconds);
      return write(BUSY.bytes);
    };
    const rest = "fallback: { max_retries: 0, deadline_seconds: 10 }";
    await using line: Line = await startLine({ one: slow, two: slow, three: slow, four: slow }, {
      rest,
    });
    const asked = await line.ask();
    isAnswer(asked.got, BUSY);
    assert.equal(asked.attempts.length, attempts);
  });
}

Deno.test("F050: 240 s after its arrival a request starts no new attempt by default", async () => {
  await using line: Line = await startLine({
    one: ({ write }) => {
      line.proxy.pass(240);
      return write(BUSY.bytes);
    },
    two: BUSY,
  });
  isAnswer((await line.ask()).got, BUSY);
  assert.equal(line.peer("two").connections, 0);
});
