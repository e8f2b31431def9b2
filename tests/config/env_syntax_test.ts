import assert from "node:assert/strict";
import fc from "fast-check";
import { parseEnvLines } from "../../lib/config/env_syntax.ts";

function valuesOf(text: string): Record<string, string> {
  const { lines, faults } = parseEnvLines(text);
  assert.deepEqual(faults, []);
  return Object.fromEntries(lines.map(({ name, value }) => [name, value]));
}

const FORMS: Readonly<Record<string, readonly [text: string, value: string]>> = {
  "a bare value": ["A=sk-1", "sk-1"],
  "export before it": ["export A=sk-1", "sk-1"],
  "export and a tab before it": ["export\tA=sk-1", "sk-1"],
  "spaces all around": ["  A = sk-1  ", "sk-1"],
  "nothing": ["A=", ""],
  "nothing in quotes": ['A=""', ""],
  "single quotes": [`A='a "b" \\n $C #d'`, `a "b" \\n $C #d`],
  "double quotes": [`A="a 'b' #c"`, `a 'b' #c`],
  "escapes in double quotes": [`A="a\\"b\\\\c\\$d\\\`e\\n"`, 'a"b\\c$d`e\\n'],
  "a comment behind a bare value": ["A=sk-1 # mine", "sk-1"],
  "a comment behind quotes": [`A="sk-1"  # mine`, "sk-1"],
  "a comment in place of a value": ["A= # none", ""],
  "a # within": ["A=sk#1", "sk#1"],
  "= in the value": ["A=a=b==", "a=b=="],
  "quotes within": [`A=a"b'c`, `a"b'c`],
  "a variable, which stays": ["A=${HOME}/$HOME", "${HOME}/$HOME"],
  "a name as no object may have": ["__proto__=x", "x"],
  "a tab in quotes": ['A="a\tb"', "a\tb"],
};

for (const [name, [text, value]] of Object.entries(FORMS)) {
  Deno.test(`parseEnvLines() takes ${name}`, () => {
    const { lines, faults } = parseEnvLines(text);
    assert.deepEqual([lines.map((line) => line.value), faults], [[value], []]);
  });
}

Deno.test("parseEnvLines() passes comments and blank lines over, whatever ends a line", () => {
  const text = "\uFEFF# first\r\n\r\nA=1\r\n   \n  # more\nB='2'\r\n";
  assert.deepEqual(valuesOf(text), { A: "1", B: "2" });
  assert.deepEqual(parseEnvLines(text).lines.map(({ line }) => line), [3, 6]);
});

const BROKEN: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
  "a value alone": ["sk-secret", /is no NAME=value/],
  "export alone": ["export A", /is no NAME=value/],
  "a colon": ["A: sk-secret", /is no NAME=value/],
  "no name": ["=sk-secret", /has no name before its =/],
  "a name with a dash": ["A-B=sk-secret", /has no name/],
  "a name that begins with a digit": ["1A=sk-secret", /has no name/],
  "two words before the =": ["set A=sk-secret", /has no name/],
  "an open quote": ['A="sk-secret', /quote that is not closed/],
  "an open single quote": ["A='sk-secret", /quote that is not closed/],
  "a closing quote that is escaped": ['A="sk-secret\\"', /quote that is not closed/],
  "text after the quote": [`A="sk-"secret`, /goes on after the closing quote/],
  "a control character": ["A=sk-\x07secret", /control character/],
  "a NUL": ["A=sk-\0secret", /control character/],
};

for (const [name, [text, reason]] of Object.entries(BROKEN)) {
  Deno.test(`parseEnvLines() says the line of ${name}, and nothing that is in it`, () => {
    const { lines, faults } = parseEnvLines(`GOOD=1\n${text}\nMORE=2`);
    assert.deepEqual(lines.map((line) => line.name), ["GOOD", "MORE"]);
    assert.deepEqual(faults.map(({ line }) => line), [2]);
    assert.match(faults[0]?.reason ?? "", reason);
    assert.doesNotMatch(faults[0]?.reason ?? "", /secret|sk-/);
  });
}

Deno.test("parseEnvLines() ends with what is no such file, and with what is beyond its bounds", () => {
  const { faults } = parseEnvLines("no\n".repeat(20_000));
  assert.deepEqual([faults.length, faults.at(-1)?.line], [21, 21]);
  const many = parseEnvLines("A=1\n".repeat(10_000));
  assert.deepEqual([many.lines.length, many.faults.map(({ line }) => line)], [1000, [1001]]);
  const long = parseEnvLines(`A=${"x".repeat(128 * 1024)}`);
  assert.deepEqual([long.lines, long.faults.length], [[], 1]);
});

Deno.test("parseEnvLines() gives back what was quoted, whatever it is", () => {
  const plain = fc.string({ unit: "grapheme" }).filter((text) =>
    // deno-lint-ignore no-control-regex -- these are refused
    !/[\0-\x08\x0a-\x1f\x7f\r\u2028\u2029]/.test(text)
  );
  fc.assert(fc.property(plain, (value) => {
    const escaped = value.replace(/["\\$`]/g, "\\$&");
    assert.deepEqual(valuesOf(`A="${escaped}"`), { A: value });
    if (!value.includes("'")) assert.deepEqual(valuesOf(`A='${value}'`), { A: value });
  }));
});

Deno.test("parseEnvLines() takes any text without a word of it in its faults", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const { lines, faults } = parseEnvLines(text);
    const rows = text.split(/\r\n|\n|\r/).length;
    for (const { line } of [...lines, ...faults]) assert.ok(line >= 1 && line <= rows);
  }));
});
