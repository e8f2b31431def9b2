import assert from "node:assert/strict";
import { tableOf } from "../../lib/cli/table.ts";

Deno.test("tableOf() aligns its columns by what is seen, not by how it is painted", () => {
  const paint = (text: string) => `<${text}>`;
  const rows = [[{ text: "a", paint }, { text: "b" }], [{ text: "long" }, { text: "c", paint }]];
  assert.deepEqual(tableOf(rows), ["<a>     b", "long  <c>"]);
});

Deno.test("tableOf() lets no text steer the terminal", () => {
  assert.deepEqual(tableOf([[{ text: "a\x1b[2J\r\n\u202eb" }]]), [
    "a\\u{1b}[2J\\u{d}\\u{a}\\u{202e}b",
  ]);
});
