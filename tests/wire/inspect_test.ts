import assert from "node:assert/strict";
import type { Inspected } from "../../lib/wire/inspect.ts";
import { inspectionOf, JSON_TYPE } from "./examined.ts";
import { COMMENT, CONTENT, DONE, ERROR, PING, ROLE } from "./streams.ts";

const ANSWER = `{"choices":[{"message":{"content":"Servus"}}]}`;
const RESET = { kind: "cut", detail: "ECONNRESET" } as const;
const COMPLETE = { kind: "complete" } as const;

async function kindOf(inspected: Promise<Inspected | undefined>): Promise<string> {
  return (await inspected)?.inspection.kind ?? "left";
}

/** Calls a function again and again until something is settled. */
async function meanwhile<T>(settling: Promise<T>, go: () => void): Promise<T> {
  const timer = setInterval(go, 5);
  try {
    return await settling;
  } finally {
    clearInterval(timer);
  }
}

Deno.test("inspect() resolves with a stream's first content, which stays held", async () => {
  const { body, push, inspected } = inspectionOf();
  push(ROLE, CONTENT);
  const { inspection, gate, errorText } = await inspected ?? assert.fail("nobody left");
  assert.deepEqual([inspection.kind, errorText], ["passed", ""]);
  assert.equal(new TextDecoder().decode(body.peek()), ROLE + CONTENT);
  push(DONE);
  body.finish(COMPLETE);
  assert.ok(gate !== undefined);
  assert.deepEqual(body.end, COMPLETE);
});

Deno.test("inspect() judges what had come before it began", async () => {
  const early = inspectionOf({}, [ROLE, ERROR]);
  assert.equal(await kindOf(early.inspected), "error_event");
  early.body.discard();
  const whole = inspectionOf({ contentType: JSON_TYPE });
  whole.push(ANSWER);
  whole.body.finish(COMPLETE);
  assert.equal(await kindOf(whole.inspected), "passed");
  assert.deepEqual(whole.jsons, [ANSWER]);
});

Deno.test("inspect() makes a stream that ended too early a cut", async () => {
  const { body, push, inspected } = inspectionOf();
  push(CONTENT);
  await inspected;
  body.finish(COMPLETE);
  assert.deepEqual(body.end, { kind: "cut", detail: "the stream ended without a terminal event" });
});

Deno.test("inspect() goes on telling of events after the commit", async () => {
  const { body, push, inspected, events } = inspectionOf();
  push(CONTENT);
  await inspected;
  push(PING, ROLE, DONE);
  assert.equal(events.length, 4);
  body.discard();
});

Deno.test("inspect() tells of a body that was cut while it was held", async () => {
  const json = inspectionOf({ contentType: JSON_TYPE });
  json.push(ANSWER.slice(0, 9));
  json.body.finish(RESET);
  assert.deepEqual((await json.inspected)?.inspection, { kind: "cut_short", detail: "ECONNRESET" });
  const stream = inspectionOf();
  stream.push(ROLE);
  stream.body.finish(RESET);
  assert.deepEqual((await stream.inspected)?.inspection, {
    kind: "ended_early",
    detail: "ECONNRESET",
  });
});

Deno.test("inspect() gives the error that a body reports", async () => {
  const { body, push, inspected } = inspectionOf();
  push(ROLE, ERROR);
  assert.match((await inspected)?.errorText ?? "", /^\{"error":\{"message":"Overloaded"/);
  body.discard();
});

Deno.test("inspect() commits JSON past 1 MiB while it is still coming", async () => {
  const { body, push, inspected, told } = inspectionOf({ contentType: JSON_TYPE });
  const piece = "x".repeat(256 * 1024);
  push(`{"error":"`, piece, piece, piece);
  assert.equal(body.end, undefined);
  push(piece);
  assert.equal(await kindOf(inspected), "passed");
  assert.deepEqual(told, ["pause"]);
  body.discard();
});

Deno.test("inspect() commits what cannot be told within 1 MiB", async () => {
  for (const quiet of ["\n".repeat(1024), COMMENT.repeat(80)]) {
    const { body, push, inspected } = inspectionOf();
    while (body.heldBytes < 1024 * 1024) push(quiet);
    assert.equal(await kindOf(inspected), "passed");
    body.discard();
  }
});

Deno.test("inspect() gives up on a stream without content in first_content_seconds", async () => {
  const silent = inspectionOf({ firstContentMs: 30 });
  assert.deepEqual((await silent.inspected)?.inspection, { kind: "no_content", waitedMs: 30 });
  silent.body.discard();
});

Deno.test("inspect() takes no ping, comment or neutral event for content", async () => {
  const { body, push, inspected } = inspectionOf({ firstContentMs: 60, idleMs: 20 });
  assert.equal(await meanwhile(kindOf(inspected), () => push(PING, COMMENT, ROLE)), "no_content");
  body.discard();
});

Deno.test("inspect() takes no blank line for the first byte of JSON", async () => {
  const { body, push, inspected } = inspectionOf({ contentType: JSON_TYPE, firstContentMs: 60 });
  assert.equal(await meanwhile(kindOf(inspected), () => push("\n")), "no_content");
  body.discard();
});

Deno.test("inspect() waits for JSON that has begun as long as more of it comes", async () => {
  const { body, push, inspected } = inspectionOf({ contentType: JSON_TYPE, firstContentMs: 20 });
  const pieces = [...ANSWER];
  const going = meanwhile(kindOf(inspected), () => {
    push(...pieces.splice(0, 4));
    if (pieces.length === 0) body.finish(COMPLETE);
  });
  assert.equal(await going, "passed");
});

Deno.test("inspect() cuts JSON that has begun at a silence of idle_seconds", async () => {
  const { push, inspected, told } = inspectionOf({ contentType: JSON_TYPE, idleMs: 20 });
  push(ANSWER.slice(0, 9));
  assert.deepEqual((await inspected)?.inspection, {
    kind: "cut_short",
    detail: "silent for 0.02 s",
  });
  assert.deepEqual(told, ["abort"]);
});

Deno.test("inspect() counts a stream's silence from its commit on", async () => {
  const { body, push, inspected } = inspectionOf({ idleMs: 20 });
  push(ROLE);
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(body.end, undefined);
  push(CONTENT);
  assert.equal(await kindOf(inspected), "passed");
  for (let chunk = await body.read(); chunk !== undefined;) chunk = await body.read();
  assert.deepEqual(body.end, { kind: "cut", detail: "silent for 0.02 s" });
});

Deno.test("inspect() resolves with nothing when the caller leaves", async () => {
  const caller = new AbortController();
  const { body, push, inspected } = inspectionOf({ signal: caller.signal });
  push(ROLE);
  caller.abort();
  assert.equal(await inspected, undefined);
  body.discard();
  const gone = inspectionOf({ signal: AbortSignal.abort() });
  assert.equal(await gone.inspected, undefined);
  gone.body.discard();
});

Deno.test("inspect() takes a body that was judged for judged, although the caller leaves", async () => {
  const caller = new AbortController();
  const { body, push, inspected } = inspectionOf({ signal: caller.signal });
  push(CONTENT);
  caller.abort();
  assert.equal(await kindOf(inspected), "passed");
  body.discard();
});

Deno.test("inspect() passes a stream on from its head where stream_gate is off", async () => {
  const { body, push, inspected } = inspectionOf({ hold: false });
  const { inspection, gate } = await inspected ?? assert.fail("nobody left");
  assert.equal(inspection.kind, "passed");
  push(ERROR);
  assert.ok(gate?.errorText !== undefined);
  body.discard();
});
