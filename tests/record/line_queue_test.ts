import assert from "node:assert/strict";
import { LineQueue } from "../../lib/record/line_queue.ts";

/** A queue to an output that takes a write whenever it is told to. */
function scene() {
  const writes: (readonly string[])[] = [];
  const takers: (() => void)[] = [];
  let lost = 0;
  const queue = new LineQueue({
    write(lines) {
      writes.push(lines);
      return new Promise((resolve) => takers.push(resolve));
    },
    lostLine: (count) => `${count} lost`,
    onLost: () => void lost++,
  });
  const add = (...lines: string[]) => lines.forEach((line) => queue.add(line));
  /** Takes the write at hand, and lets what follows from it happen. */
  const take = async () => {
    takers.shift()?.();
    await new Promise((go) => setTimeout(go, 0));
  };
  return { queue, writes, add, take, lost: () => lost };
}

Deno.test("LineQueue writes a line at once, and what came meanwhile together", async () => {
  const { queue, writes, add, take } = scene();
  add("a");
  assert.deepEqual(writes, [["a"]]);
  add("b", "c");
  await take();
  assert.deepEqual(writes, [["a"], ["b", "c"]]);
  const drained = queue.drain();
  await take();
  await drained;
  add("d");
  assert.deepEqual(writes.at(-1), ["d"]);
  await take();
});

Deno.test("LineQueue waits for more after many lines at once, and drain() does not", async () => {
  const { queue, writes, add, take } = scene();
  add("first");
  const many = Array.from({ length: 20 }, (_, index) => `${index}`);
  add(...many);
  await take();
  add("late");
  await take();
  assert.deepEqual(writes, [["first"], many]);
  const drained = queue.drain();
  await take();
  assert.deepEqual(writes.at(-1), ["late"]);
  await take();
  await drained;
});

Deno.test("LineQueue loses new lines when it is full, and says how many before the next", async () => {
  const { queue, writes, add, take, lost } = scene();
  add("first");
  for (let line = 0; line < 10_003; line++) add("x");
  assert.equal(lost(), 3);
  await take();
  assert.deepEqual(writes.at(-1)?.slice(0, 2), ["3 lost", "x"]);
  const drained = queue.drain();
  await take();
  await drained;
});
