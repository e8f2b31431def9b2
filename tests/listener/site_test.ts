import assert from "node:assert/strict";
import type { CallerConnection } from "../../lib/listener/caller_connection.ts";
import { Site } from "../../lib/listener/site.ts";
import { EMPTY } from "./listening.ts";

Deno.test("Site.endLongestWaiting() ends the sixteen that have waited the longest, and no request", () => {
  const handler = () => Promise.resolve(EMPTY);
  const site = new Site({ handler, onFault() {}, onRefused() {} }, () => {});
  const ended: number[] = [];
  for (let count = 0; count < 40; count++) {
    // The last came first; every other one is at a request.
    const turn = 40 - count;
    const connection = {
      turn,
      place: -1,
      hasAsked: false,
      isWaiting: turn % 2 === 0,
      close() {
        ended.push(turn);
        site.leaves(this as unknown as CallerConnection);
      },
    };
    site.joins(connection as unknown as CallerConnection);
  }
  const even = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => 2 * (from + at + 1));
  assert.equal(site.endLongestWaiting(), 16);
  assert.deepEqual(ended, even(0, 16));
  assert.equal(site.endLongestWaiting(), 4);
  assert.deepEqual(ended, even(0, 20));
  assert.equal(site.endLongestWaiting(), 0);
  site.destroy();
});

Deno.test("Site.endLongestWaiting() ends strangers before a caller that keeps its connection", () => {
  const handler = () => Promise.resolve(EMPTY);
  const site = new Site({ handler, onFault() {}, onRefused() {} }, () => {});
  const ended: number[] = [];
  for (let turn = 1; turn <= 20; turn++) {
    const connection = {
      turn,
      place: -1,
      hasAsked: turn <= 3,
      isWaiting: true,
      close() {
        ended.push(turn);
        site.leaves(this as unknown as CallerConnection);
      },
    };
    site.joins(connection as unknown as CallerConnection);
  }
  site.endLongestWaiting();
  assert.deepEqual(ended, Array.from({ length: 16 }, (_, at) => at + 4));
  site.endLongestWaiting();
  assert.deepEqual(ended.slice(16), [20, 1, 2, 3]);
  site.destroy();
});
