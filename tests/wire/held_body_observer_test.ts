import assert from "node:assert/strict";
import fc from "fast-check";
import { type BodyEnd, type BodyObserver, HeldBody } from "../../lib/wire/held_body.ts";
import { bytesOf } from "./streams.ts";

const COMPLETE: BodyEnd = { kind: "complete" };
const UNFINISHED: BodyEnd = { kind: "cut", detail: "unfinished" };

/** A body whose tap notes what it is told, and an observer that notes what it sees. */
function observed({ holdBytes = 1000, judge = (end: BodyEnd) => end }: {
  readonly holdBytes?: number;
  readonly judge?: BodyObserver["ended"];
} = {}) {
  const told: string[] = [];
  const tap = {
    pause: () => void told.push("pause"),
    resume: () => void told.push("resume"),
    abort: () => void told.push("abort"),
  };
  const body = new HeldBody(tap, { holdBytes });
  const seen: number[] = [];
  const ends: BodyEnd[] = [];
  const observer: BodyObserver = {
    chunk: (bytes) => void seen.push(...bytes),
    ended(end) {
      ends.push(end);
      return judge(end);
    },
  };
  return {
    body,
    told,
    observer,
    ends,
    seen: () => new TextDecoder().decode(Uint8Array.from(seen)),
  };
}

async function readAll(body: HeldBody): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

Deno.test("HeldBody.observe() shows each chunk as it arrives, whoever has read how far", async () => {
  const { body, observer, seen } = observed();
  body.observe(observer);
  body.push(bytesOf("ab"));
  assert.equal(seen(), "ab");
  await body.read();
  body.push(bytesOf("c"));
  assert.equal(seen(), "abc");
});

Deno.test("HeldBody.observe() shows what came before it, once", () => {
  const { body, observer, seen } = observed();
  body.push(bytesOf("a"));
  body.push(bytesOf("b"));
  body.peek();
  body.observe(observer);
  body.push(bytesOf("c"));
  assert.equal(seen(), "abc");
});

Deno.test("HeldBody.observe() lets an observer make a cut of a complete end", async () => {
  const { body, observer } = observed({ judge: () => UNFINISHED });
  body.observe(observer);
  body.push(bytesOf("a"));
  body.finish(COMPLETE);
  assert.equal(await readAll(body), "a");
  assert.deepEqual(body.end, UNFINISHED);
});

Deno.test("HeldBody.observe() lets an observer judge an end that had come before it", () => {
  const { body, observer, ends } = observed({ judge: () => UNFINISHED });
  body.finish(COMPLETE);
  body.observe(observer);
  assert.deepEqual(body.end, UNFINISHED);
  assert.deepEqual(ends, [COMPLETE]);
});

Deno.test("HeldBody.finish() is not the end before an observer has judged it", async () => {
  const judged = Promise.withResolvers<BodyEnd>();
  const { body, observer } = observed({ judge: () => judged.promise });
  body.observe(observer);
  body.push(bytesOf("a"));
  const text = readAll(body);
  body.finish(COMPLETE);
  assert.equal(body.end, undefined);
  judged.resolve(UNFINISHED);
  assert.equal(await text, "a");
  assert.deepEqual(body.end, UNFINISHED);
});

Deno.test("HeldBody.discard() does not wait for an observer, nor changes its mind", async () => {
  const judged = Promise.withResolvers<BodyEnd>();
  const { body, observer, told } = observed({ judge: () => judged.promise });
  body.observe(observer);
  body.finish(COMPLETE);
  body.discard();
  const end = body.end;
  judged.resolve(UNFINISHED);
  await judged.promise;
  assert.deepEqual([body.end, told], [end, []]);
});

Deno.test("HeldBody.push() takes nothing after the end", () => {
  const { body, observer, seen } = observed();
  body.observe(observer);
  body.finish(COMPLETE);
  body.push(bytesOf("late"));
  assert.deepEqual([seen(), body.heldBytes], ["", 0]);
});

/** Resolves once the body has ended. */
async function cutOf(body: HeldBody): Promise<BodyEnd | undefined> {
  await body.settled(new AbortController().signal);
  return body.end;
}

Deno.test("HeldBody.limitSilence() cuts a body that falls silent, and aborts the exchange", async () => {
  const { body, told } = observed();
  body.limitSilence(20);
  assert.deepEqual(await cutOf(body), { kind: "cut", detail: "silent for 0.02 s" });
  assert.deepEqual(told, ["abort"]);
});

Deno.test("HeldBody.limitSilence() counts from each chunk anew", async () => {
  const { body } = observed();
  body.limitSilence(60);
  const timer = setInterval(() => body.push(bytesOf("a")), 10);
  const first = await Promise.race([
    cutOf(body),
    new Promise((resolve) => setTimeout(() => resolve("still open"), 150)),
  ]);
  clearInterval(timer);
  assert.equal(first, "still open");
  body.discard();
});

Deno.test("HeldBody.limitSilence() counts no silence before it was asked for", async () => {
  const { body } = observed();
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(body.end, undefined);
  body.limitSilence(20);
  assert.equal(body.end, undefined);
  assert.equal((await cutOf(body))?.kind, "cut");
});

Deno.test("HeldBody.limitSilence() counts no silence while the backend may not send", async () => {
  const { body } = observed({ holdBytes: 1 });
  body.limitSilence(20);
  body.push(bytesOf("full"));
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(body.end, undefined);
  await body.read();
  assert.equal(body.end, undefined);
  assert.equal(await body.read(), undefined);
  assert.deepEqual(body.end, { kind: "cut", detail: "silent for 0.02 s" });
});

Deno.test("HeldBody.limitSilence() keeps no timer after the end", () => {
  for (const end of ["finish", "discard"] as const) {
    const { body } = observed();
    body.limitSilence(60_000);
    if (end === "finish") body.finish(COMPLETE);
    else body.discard();
    body.limitSilence(60_000);
    assert.ok(body.end !== undefined);
  }
});

interface Course {
  readonly chunks: readonly Uint8Array[];
  /** Before which chunk it is observed; beyond the last: after the end, or never. */
  readonly observeAt: number;
  readonly peekAt: number;
  readonly holdBytes: number;
}

const course: fc.Arbitrary<Course> = fc.record({
  chunks: fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 8 }),
  observeAt: fc.nat({ max: 9 }),
  peekAt: fc.nat({ max: 9 }),
  holdBytes: fc.integer({ min: 1, max: 40 }),
});

Deno.test("HeldBody gives the bytes that were pushed, whatever is observed", async () => {
  await fc.assert(
    fc.asyncProperty(course, async ({ chunks, observeAt, peekAt, holdBytes }) => {
      const { body, observer } = observed({ holdBytes });
      const seen: number[] = [];
      const watching = { ...observer, chunk: (bytes: Uint8Array) => void seen.push(...bytes) };
      const pushed = chunks.flatMap((chunk) => [...chunk]);
      chunks.forEach((chunk, index) => {
        if (index === observeAt) body.observe(watching);
        if (index === peekAt) body.peek();
        body.push(chunk);
      });
      body.finish(COMPLETE);
      if (observeAt === chunks.length) body.observe(watching);
      const read: number[] = [];
      for (let next = await body.read(); next !== undefined; next = await body.read()) {
        read.push(...next);
      }
      assert.deepEqual(read, pushed);
      assert.deepEqual(seen, observeAt <= chunks.length ? pushed : []);
    }),
  );
});
