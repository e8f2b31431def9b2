import assert from "node:assert/strict";
import { HeldBody, STREAM_BUFFER_BYTES } from "../../lib/wire/held_body.ts";

const NEVER = new AbortController().signal;

/** A body whose tap notes what it is told. */
function tapped(holdBytes = 10) {
  const told: string[] = [];
  const tap = {
    pause: () => void told.push("pause"),
    resume: () => void told.push("resume"),
    abort: () => void told.push("abort"),
  };
  const body = new HeldBody(tap, { holdBytes });
  const push = (text: string) => body.push(new TextEncoder().encode(text));
  return { body, told, push };
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}

Deno.test("HeldBody.read() gives all that has come, in order, then nothing", async () => {
  const { body, push } = tapped();
  push("a");
  push("bc");
  body.finish({ kind: "complete" });
  assert.equal(text(await body.read()), "abc");
  assert.equal(await body.read(), undefined);
  assert.equal(await body.read(), undefined);
  assert.equal(body.heldBytes, 0);
});

Deno.test("HeldBody.read() waits for what has not come yet", async () => {
  const { body, push } = tapped();
  const next = body.read();
  push("late");
  assert.equal(text(await next), "late");
  const last = body.read();
  body.finish({ kind: "complete" });
  assert.equal(await last, undefined);
});

Deno.test("HeldBody.read() gives what came before a cut", async () => {
  const { body, push } = tapped();
  push("a");
  body.finish({ kind: "cut", detail: "reset" });
  assert.equal(text(await body.read()), "a");
  assert.equal(await body.read(), undefined);
  assert.deepEqual(body.end, { kind: "cut", detail: "reset" });
});

Deno.test("HeldBody.push() pauses the backend when as much is held as may be", () => {
  const { told, push } = tapped(4);
  push("abc");
  assert.deepEqual(told, []);
  push("d");
  assert.deepEqual(told, ["pause"]);
});

Deno.test("HeldBody.read() resumes the backend once less is held", async () => {
  const { body, told } = tapped(1);
  for (const length of [1, STREAM_BUFFER_BYTES]) body.push(new Uint8Array(length));
  told.length = 0;
  assert.equal((await body.read())?.length, 1 + STREAM_BUFFER_BYTES);
  assert.deepEqual(told, ["resume"]);
});

Deno.test("HeldBody.push() takes an empty chunk for nothing", async () => {
  const { body, push } = tapped();
  push("");
  push("a");
  body.finish({ kind: "complete" });
  assert.equal(text(await body.read()), "a");
});

Deno.test("HeldBody.finish() counts once", () => {
  const { body } = tapped();
  body.finish({ kind: "cut", detail: "reset" });
  body.finish({ kind: "complete" });
  assert.deepEqual(body.end, { kind: "cut", detail: "reset" });
});

Deno.test("HeldBody.settled() resolves when the body has ended", async () => {
  const { body, push } = tapped();
  const settled = body.settled(NEVER);
  push("abc");
  body.finish({ kind: "complete" });
  await settled;
  assert.equal(text(body.peek()), "abc");
});

Deno.test("HeldBody.settled() resolves when as much is held as may be", async () => {
  const { body, push } = tapped(4);
  const settled = body.settled(NEVER);
  push("ab");
  push("cde");
  await settled;
  assert.equal(body.end, undefined);
});

Deno.test("HeldBody.settled() resolves when the caller leaves", async () => {
  const { body } = tapped();
  const leaving = new AbortController();
  const settled = body.settled(leaving.signal);
  leaving.abort();
  await settled;
  await body.settled(leaving.signal);
  assert.equal(body.end, undefined);
});

Deno.test("HeldBody.peek() gives what is held, which stays held", async () => {
  const { body, push } = tapped();
  assert.equal(text(body.peek()), "");
  push("a");
  push("b");
  assert.equal(text(body.peek()), "ab");
  assert.equal(text(body.peek()), "ab");
  assert.equal(body.heldBytes, 2);
  push("c");
  assert.equal(text(await body.read()), "abc");
});

Deno.test("HeldBody.discard() aborts an exchange still going on and frees what is held", async () => {
  const { body, told, push } = tapped();
  push("abc");
  body.discard();
  assert.deepEqual(told, ["abort"]);
  assert.equal(body.heldBytes, 0);
  assert.equal(await body.read(), undefined);
});

Deno.test("HeldBody.discard() leaves an exchange alone that has ended", () => {
  const { body, told } = tapped();
  body.finish({ kind: "complete" });
  body.discard();
  assert.deepEqual(told, []);
});

Deno.test("HeldBody.discard() wakes a reader", async () => {
  const { body } = tapped();
  const reading = body.read();
  body.discard();
  assert.equal(await reading, undefined);
});
