import assert from "node:assert/strict";
import { Terminal } from "../../lib/cli/terminal.ts";

/** A terminal that the test takes away, with a clock that the test moves. */
function stage(isThere: boolean) {
  let [nowMs, there] = [0, isThere];
  let look = () => {};
  let everyMs = 0;
  const terminal = new Terminal({
    isThere: () => there,
    nowMs: () => nowMs,
    every: (ms, given) => {
      everyMs = ms;
      look = given;
      return () => look = () => {};
    },
  });
  return {
    terminal,
    takeAway: () => there = false,
    everyMs: () => everyMs,
    pass(ms: number) {
      nowMs += ms;
      look();
    },
  };
}

Deno.test("Terminal has just gone when it was there before", () => {
  const { terminal, takeAway, pass } = stage(true);
  assert.equal(terminal.hasJustGone(), false);
  pass(60_000);
  takeAway();
  assert.equal(terminal.hasJustGone(), true);
});

Deno.test("Terminal has not gone where there was none: SIGHUP is somebody's own", () => {
  const { terminal } = stage(false);
  assert.equal(terminal.hasJustGone(), false);
});

Deno.test("Terminal has gone long since for a program that was disowned: SIGHUP is somebody's own", () => {
  const { terminal, takeAway, pass, everyMs } = stage(true);
  takeAway();
  pass(everyMs());
  assert.equal(terminal.hasJustGone(), true);
  pass(1_000);
  assert.equal(terminal.hasJustGone(), false);
});

Deno.test("Terminal: two seconds after its end, SIGHUP is somebody's own, whenever it was looked at", () => {
  const { terminal, takeAway, pass, everyMs } = stage(true);
  assert.ok(everyMs() <= 1_000);
  pass(everyMs());
  takeAway();
  pass(everyMs());
  pass(2_000 - everyMs());
  assert.equal(terminal.hasJustGone(), false);
});
