import assert from "node:assert/strict";
import { RefusalLines } from "../../lib/state/refusal_lines.ts";

/** Lines of refusals, told by hand. */
function startLines() {
  const said: string[] = [];
  const log = { warn: (line: string) => void said.push(line) };
  const lines = new RefusalLines({ log, everyMs: 3_600_000 });
  return {
    tell: () => lines.tell(),
    note(caller: string, kind: string) {
      lines.note({ caller, kind, line: () => `Refused ${caller}: ${kind}.` });
    },
    /** What was said since this was asked last. */
    said: () => said.splice(0),
    [Symbol.dispose]: () => lines.close(),
  };
}

Deno.test("RefusalLines says the first at once, and how many followed when the time is over", () => {
  using lines = startLines();
  for (let port = 1; port <= 1000; port++) lines.note(`10.0.0.1:${port}`, "401");
  assert.deepEqual(lines.said(), ["Refused 10.0.0.1:1: 401."]);
  lines.tell();
  assert.deepEqual(lines.said(), [
    "Refused 10.0.0.1:1000: 401. The same 999 times more from 10.0.0.1.",
  ]);
});

Deno.test("RefusalLines counts on who goes on, and begins anew with who has stopped", () => {
  using lines = startLines();
  lines.note("10.0.0.1:1", "401");
  lines.note("10.0.0.1:2", "401");
  lines.tell();
  lines.said();
  lines.note("10.0.0.1:3", "401");
  assert.deepEqual(lines.said(), []);
  lines.tell();
  assert.deepEqual(lines.said(), ["Refused 10.0.0.1:3: 401. The same once more from 10.0.0.1."]);
  lines.tell();
  lines.note("10.0.0.1:4", "401");
  assert.deepEqual(lines.said(), ["Refused 10.0.0.1:4: 401."]);
});

Deno.test("RefusalLines hides no address and no kind behind another one's storm", () => {
  using lines = startLines();
  for (let port = 1; port <= 100; port++) lines.note(`10.0.0.1:${port}`, "401");
  lines.note("[2001:db8::1]:1", "401");
  lines.note("10.0.0.1:101", "403");
  assert.deepEqual(lines.said().slice(1), [
    "Refused [2001:db8::1]:1: 401.",
    "Refused 10.0.0.1:101: 403.",
  ]);
});

Deno.test("RefusalLines says so many lines at most, however many addresses call", () => {
  using lines = startLines();
  for (let host = 0; host < 10_000; host++) lines.note(`10.0.${host >> 8}.${host & 255}:1`, "401");
  assert.equal(lines.said().length, 16);
  lines.tell();
  const [line, ...more] = lines.said();
  assert.deepEqual(more, []);
  assert.match(line ?? "", /^9984 more requests were refused, of more addresses/);
});

Deno.test("RefusalLines says by itself what was counted", async () => {
  const said = Promise.withResolvers<string>();
  const log = {
    warn: (line: string) => line.includes("The same") ? said.resolve(line) : undefined,
  };
  const lines = new RefusalLines({ log, everyMs: 1 });
  for (const caller of ["a:1", "a:2"]) lines.note({ caller, kind: "401", line: () => "Refused." });
  // What waits by itself keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  assert.equal(await said.promise, "Refused. The same once more from a.");
  clearInterval(alive);
  lines.close();
});
