import assert from "node:assert/strict";
import type { Exit } from "./program.ts";

/** One line on stderr that says what is wrong; no stack trace, nothing on stdout. */
export function isOneClearLine({ code, stdout, stderr }: Exit, expected: RegExp, status = 1): void {
  assert.match(stderr, expected);
  assert.match(stderr, /^[^\n]+\n$/);
  assert.doesNotMatch(stderr, /^\s+at |Uncaught|file:\/\/\//m);
  assert.deepEqual([code, stdout], [status, ""]);
}
