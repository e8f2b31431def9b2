import assert from "node:assert/strict";
import fc from "fast-check";
import {
  coreScalar,
  hasPlaceholder,
  isPlainNumber,
  placeholderFiles,
  replacePlaceholders,
} from "../../lib/config/placeholders.ts";

const source = {
  env: (name: string) =>
    new Map([["KEY", "sk-1"], ["EMPTY", ""], ["NESTED", "${KEY}"], ["N", "5"]]).get(name),
  file: (path: string) =>
    path === "./key"
      ? { ok: true, value: "sk-2" } as const
      : { ok: false, reason: `the file ${path} does not exist` } as const,
};

function replaced(text: string): string {
  const result = replacePlaceholders(text, source);
  return result.ok ? result.value : `refused: ${result.reason}`;
}

Deno.test("replacePlaceholders() puts variables and files in, anywhere in the text", () => {
  assert.equal(replaced("${KEY}"), "sk-1");
  assert.equal(replaced("a${KEY}b${file:./key}c${N}"), "ask-1bsk-2c5");
});

Deno.test("replacePlaceholders() takes the default for what is unset or empty", () => {
  assert.equal(replaced("${NOPE:-x y}|${EMPTY:-x}|${KEY:-x}|${NOPE:-}"), "x y|x|sk-1|");
  assert.equal(replaced("${NOPE:-a:-b}"), "a:-b");
});

Deno.test("replacePlaceholders() gives a variable that is set but empty as it is", () => {
  assert.equal(replaced("${EMPTY}"), "");
});

Deno.test("F132: replacePlaceholders() refuses a variable that is not set, by its name", () => {
  assert.equal(
    replaced("${KEY}${NOPE}"),
    "refused: the environment variable NOPE is not set; set it, there or in .env beside the " +
      "configuration, or write ${NOPE:-default}",
  );
});

Deno.test("replacePlaceholders() names everything that is missing", () => {
  assert.match(
    replaced("${A}${B}${file:./c}"),
    /variable A .*variable B .*file \.\/c does not exist/,
  );
});

Deno.test("replacePlaceholders() writes $${ as a literal ${", () => {
  assert.equal(replaced("$${KEY} and $$ and $KEY and {KEY}"), "${KEY} and $$ and $KEY and {KEY}");
});

Deno.test("replacePlaceholders() does not read again what it put in", () => {
  assert.equal(replaced("${NESTED}"), "${KEY}");
});

Deno.test("replacePlaceholders() refuses what is no placeholder, without quoting it", () => {
  for (const text of ["${", "${KEY", "${}", "${sk-secret}", "${1A}", "${file:}", "${A-b}"]) {
    assert.match(replaced(text), /^refused: a placeholder is/, text);
    assert.doesNotMatch(replaced(text), /secret/);
  }
});

Deno.test("replacePlaceholders() leaves every text without ${ as it is", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    fc.pre(!text.includes("${"));
    assert.equal(replaced(text), text);
  }));
});

Deno.test("replacePlaceholders() gives back any text whose ${ were doubled", () => {
  const parts = fc.array(fc.constantFrom("${", "}", "KEY", "x", ":-", "file:"), { maxLength: 10 });
  fc.assert(fc.property(parts, (pieces) => {
    const text = pieces.join("");
    assert.equal(replaced(text.replaceAll("${", () => "$${")), text);
  }));
});

Deno.test("placeholderFiles() lists the paths as written", () => {
  assert.deepEqual(placeholderFiles("${file:./a}${KEY}$${file:b}${file:/c d}"), ["./a", "/c d"]);
});

Deno.test("hasPlaceholder() is true where something is put in, wherever in the text", () => {
  assert.deepEqual(
    ["${A}", "${file:a}", "x${A:-b}", "${A}${B}", "$${A}", "${", "$A", "x", ""].map(hasPlaceholder),
    [true, true, true, true, false, false, false, false, false],
  );
});

Deno.test("coreScalar() reads numbers and booleans as YAML's core schema does, and nothing else", () => {
  assert.deepEqual(
    ["5", "-1", "+1", "0.5", ".5", "1.", "1e3", "007", "0x1f", "0o17", " 2\n", "true", "FALSE"]
      .map(coreScalar),
    [5, -1, 1, 0.5, 0.5, 1, 1000, 7, 31, 15, 2, true, false],
  );
  for (const text of ["", ".", ".inf", "1_000", "no", "yes", "on", "null", "1 2", "5s", "0b1"]) {
    assert.equal(coreScalar(text), undefined, text);
  }
});

Deno.test("isPlainNumber() is true of plain decimal digits alone", () => {
  assert.deepEqual(["5", "-1", "0.5", "0"].filter(isPlainNumber).length, 4);
  for (const text of ["0777", "1e3", "0x1f", ".inf", "+1", "1.", ""]) {
    assert.equal(isPlainNumber(text), false, text);
  }
});
