import assert from "node:assert/strict";
import type { Batch } from "../../lib/workers/messages.ts";
import { Outbox } from "../../lib/workers/outbox.ts";

const line = (text: string) => ({
  category: ["llm-proxy"],
  level: "info" as const,
  message: [text],
  rawMessage: text,
  timestamp: 0,
  properties: {},
});

/** An outbox, and what it has sent, each batch to be awaited. */
function stage(wantsRows = true) {
  const sent: Batch[] = [];
  let wake = () => {};
  const post = (batch: Batch) => {
    sent.push(batch);
    wake();
  };
  const outbox = new Outbox({ post, wantsRows, gatherMs: 1 });
  const texts = ({ lines }: Batch) => lines.map(({ rawMessage }) => String(rawMessage));
  return {
    outbox,
    sent: () => sent.map(texts),
    async batch(index: number) {
      while (sent[index] === undefined) await new Promise<void>((resolve) => wake = resolve);
      return sent[index];
    },
  };
}

Deno.test("Outbox sends what came close together as one batch, in order", async () => {
  const { outbox, sent, batch } = stage();
  outbox.line(line("one"));
  outbox.line(line("two"));
  outbox.wrote("a.log", 7);
  outbox.sight({ kind: "ended", subject: "all", isOk: true });
  const { written, sights } = await batch(0);
  assert.deepEqual(sent(), [["one", "two"]]);
  assert.deepEqual(written, [["a.log", 7]]);
  assert.deepEqual(sights, [{ kind: "ended", subject: "all", isOk: true }]);
});

Deno.test("Outbox holds what comes while a batch has not been taken, and refuses too much", async () => {
  const { outbox, sent, batch } = stage();
  outbox.line(line("first"));
  await batch(0);
  const taken = Array.from({ length: 10_001 }, (_, index) => outbox.line(line(String(index))));
  assert.deepEqual([taken.indexOf(false), sent().length], [10_000, 1]);
  outbox.taken();
  assert.equal((await batch(1)).lines.length, 10_000);
  assert.equal(outbox.line(line("last")), true);
  const flushed = outbox.flush();
  outbox.taken();
  outbox.taken();
  await flushed;
  assert.deepEqual(sent().at(-1), ["last"]);
});

Deno.test("Outbox is flushed when everything has been taken, and at once when there is nothing", async () => {
  const { outbox, sent } = stage();
  await outbox.flush();
  outbox.line(line("one"));
  let isOver = false;
  const flushed = outbox.flush().then(() => isOver = true);
  assert.deepEqual(sent(), [["one"]]);
  await Promise.resolve();
  assert.equal(isOver, false);
  outbox.taken();
  await flushed;
});

Deno.test("Outbox takes no rows where nobody wants any", () => {
  assert.equal(stage(false).outbox.row, undefined);
});
