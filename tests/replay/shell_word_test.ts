import assert from "node:assert/strict";
import { printfOf, quotedBytes } from "../../lib/replay/shell_word.ts";

/** A shell at a terminal looks `!…` up in its history, in double quotes too. */
Deno.test("quotedBytes() has an exclamation mark in no double quotes", () => {
  assert.equal(quotedBytes("a!!b"), "'a!!b'");
  assert.equal(quotedBytes("\u00e9!!b"), `"$(printf '\\351\\041\\041b')"`);
  assert.doesNotMatch(quotedBytes("\t!$!{x}!"), /!/);
});

Deno.test("printfOf() writes an exclamation mark as a number", () => {
  assert.equal(printfOf("!"), "printf '\\041'");
});
