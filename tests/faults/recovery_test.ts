/** Section C of the fault catalogue: a backend that comes and goes, F052. */
import assert from "node:assert/strict";
import { callRaw, lineValue } from "../caller.ts";
import { watchAttempts } from "../chain.ts";
import type { Script } from "../peer.ts";
import { CHAT, GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";

const BUSY = jsonAnswer(503, { error: { message: "busy" } });
const HERD = 200;

interface Flapping {
  readonly script: Script;
  /** Resolves when the probe has come in. */
  readonly probed: Promise<void>;
  /** Lets the probe be answered. */
  readonly release: () => void;
}

/** Fails its first request, holds the second until told, and answers the rest. */
function flapping(probeAnswer: Uint8Array): Flapping {
  const probed = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const script: Script = async ({ index, write }) => {
    if (index === 0) return await write(BUSY.bytes);
    if (index > 1) return await write(GOOD.bytes);
    probed.resolve();
    await released.promise;
    await write(probeAnswer);
  };
  return { script, probed: probed.promise, release: released.resolve };
}

for (const [outcome, answer] of [["fails", BUSY], ["answers", GOOD]] as const) {
  Deno.test(`F052: of ${HERD} requests at a cooldown's end one probes, and the probe ${outcome}`, async () => {
    const { script, probed, release } = flapping(answer.bytes);
    await using line = await startLine({ flapping: script, steady: GOOD });
    await line.ask();
    line.proxy.pass(300);
    const attempts = watchAttempts(line.proxy);
    const replies = Array.from({ length: HERD }, () => callRaw(line.proxy.url, CHAT));
    await probed;
    await Promise.race(replies);
    while (line.peer("steady").requests.length < HERD) {
      await line.peer("steady").seen(line.peer("steady").requests.length);
    }
    assert.equal(line.peer("flapping").requests.length, 2);
    release();
    for (const got of await Promise.all(replies)) isAnswer(got, GOOD);
    assert.equal(line.peer("flapping").requests.length, 2);
    assert.equal(attempts.take().filter((name) => name === "flapping").length, 1);
    assert.equal(line.cooling("flapping"), outcome === "fails" ? 600 : 0);
  });
}

Deno.test("F052: requests that have no other route go along with the probe", async () => {
  const { script, probed, release } = flapping(GOOD.bytes);
  await using line = await startLine({ flapping: script });
  await line.ask();
  line.proxy.pass(300);
  const probe = callRaw(line.proxy.url, CHAT);
  await probed;
  for (let i = 0; i < 3; i++) isAnswer((await line.ask()).got, GOOD);
  release();
  isAnswer(await probe, GOOD);
  assert.equal(line.cooling("flapping"), 0);
});

Deno.test("F052: reject turns requests away for a moment while the probe is out", async () => {
  const { script, probed, release } = flapping(GOOD.bytes);
  const rest = "fallback: { when_all_cooling: reject }";
  await using line = await startLine({ flapping: script }, { rest });
  await line.ask();
  line.proxy.pass(300);
  const probe = callRaw(line.proxy.url, CHAT);
  await probed;
  const { got } = await line.ask();
  assert.deepEqual([got.status, lineValue(got, "retry-after")], [503, "1"]);
  release();
  isAnswer(await probe, GOOD);
  isAnswer((await line.ask()).got, GOOD);
});

Deno.test("F052: of many requests at the end of a key's cooldown one probes the key", async () => {
  const keys = { primary: ["sk-one-aaaaaaaaaaaa", "sk-two-bbbbbbbbbbbb"] };
  const held = Promise.withResolvers<void>();
  const refused = jsonAnswer(401, { error: { message: "no" } });
  let probes = -1;
  await using line = await startLine({
    primary: async ({ request, write }) => {
      if (!request.head.includes("sk-one")) return await write(GOOD.bytes);
      if (++probes > 0) await held.promise;
      await write(refused.bytes);
    },
  }, { keys });
  await line.ask();
  line.proxy.pass(300);
  const before = line.peer("primary").requests.length;
  const replies = Array.from({ length: 20 }, () => callRaw(line.proxy.url, CHAT));
  await line.peer("primary").seen(before + 19);
  assert.equal(probes, 1);
  held.resolve();
  for (const got of await Promise.all(replies)) isAnswer(got, GOOD);
  assert.equal(probes, 1);
});

Deno.test("F052: only failed probes double a cooldown, up to the maximum", async () => {
  const rest = "fallback: { cooldown_seconds: 100, max_cooldown_seconds: 500 }";
  await using line = await startLine({ primary: BUSY, secondary: GOOD }, { rest });
  for (const seconds of [100, 200, 400, 500, 500]) {
    isAnswer((await line.ask()).got, GOOD);
    assert.equal(line.cooling("primary"), seconds);
    line.proxy.pass(seconds);
  }
});

Deno.test("F052: a failed probe's hint beats doubling", async () => {
  const hinting = jsonAnswer(503, "{}", "Retry-After: 20");
  await using line = await startLine({
    primary: ({ index, write }) => write((index === 0 ? BUSY : hinting).bytes),
    secondary: GOOD,
  });
  await line.ask();
  line.proxy.pass(300);
  await line.ask();
  assert.equal(line.cooling("primary"), 20);
});

Deno.test("F052: attempts begun before a cooldown neither lengthen nor clear it", async () => {
  const held = Promise.withResolvers<void>();
  await using line = await startLine({
    primary: async ({ index, write }) => {
      if (index < 2) await held.promise;
      await write([BUSY, GOOD, BUSY][index]?.bytes ?? GOOD.bytes);
    },
    secondary: GOOD,
  });
  const early = [callRaw(line.proxy.url, CHAT), callRaw(line.proxy.url, CHAT)];
  await line.peer("primary").seen(1);
  line.proxy.pass(1);
  await callRaw(line.proxy.url, CHAT);
  assert.equal(line.cooling("primary"), 300);
  line.proxy.pass(100);
  held.resolve();
  for (const got of await Promise.all(early)) isAnswer(got, GOOD);
  assert.equal(line.cooling("primary"), 200);
});
