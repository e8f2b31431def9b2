import assert from "node:assert/strict";
import { keepsWindow } from "../../lib/cli/double_click.ts";

const CLICKED = { code: 1, args: [], os: "windows", isTerminal: true };

Deno.test("keepsWindow() lets somebody read what went wrong after a double click", () => {
  assert.equal(keepsWindow(CLICKED), true);
});

Deno.test("keepsWindow() waits for nobody else", () => {
  assert.equal(keepsWindow({ ...CLICKED, code: 0 }), false);
  assert.equal(keepsWindow({ ...CLICKED, args: ["check"] }), false);
  assert.equal(keepsWindow({ ...CLICKED, os: "linux" }), false);
  assert.equal(keepsWindow({ ...CLICKED, isTerminal: false }), false);
});
