import assert from "node:assert/strict";
import { errorWords } from "../../lib/system/error_words.ts";

Deno.test("cases 14: errorWords() asks nobody for a permission of Deno's", () => {
  for (
    const message of [
      'Requires all access to "/proc/h.db", run again with the --allow-all flag',
      'Requires all access to "/dev/x y", specify the required permissions during compilation using `deno compile --allow-all`',
    ]
  ) {
    const words = errorWords(new Deno.errors.NotCapable(message));
    assert.match(
      words,
      /^"\/(?:proc\/h\.db|dev\/x y)" is no place for files of a program: name another$/,
    );
  }
  const other = new Deno.errors.NotCapable(
    "Requires all access, run again with the --allow-all flag",
  );
  assert.doesNotMatch(errorWords(other), /allow-all/);
});

Deno.test("errorWords() gives what any other error says, and a thrown value as text", () => {
  assert.equal(errorWords(new TypeError("too long")), "too long");
  assert.equal(errorWords("why"), "why");
});
