import assert from "node:assert/strict";
import fc from "fast-check";
import { compileLinear } from "../../lib/config/linear_regexp.ts";

function matches(source: string, text: string, flags = ""): boolean {
  const compiled = compileLinear(source, flags);
  if (!compiled.ok) assert.fail(`/${source}/${flags} ${compiled.reason}`);
  return compiled.value(text);
}

function reason(source: string, flags = ""): string {
  const compiled = compileLinear(source, flags);
  if (compiled.ok) assert.fail(`/${source}/${flags} was accepted`);
  return compiled.reason;
}

const ATOMS = [
  "a",
  "b",
  "-",
  " ",
  ".",
  "\\d",
  "\\w",
  "\\W",
  "\\s",
  "[ab]",
  "[^a]",
  "[]",
  "[^]",
  "[\\]a-]",
  "\\.",
  "\\x61",
  "\\u0062",
  "\\n",
  "^",
  "$",
  "\\b",
  "\\B",
  "é",
  "中",
  "😀",
  "(?:)",
  "\\-",
];
const UNICODE_ATOMS = ["\\u{1F600}", "\\ud83d\\ude00", "\\p{L}", "[😀é]", "\\P{L}"];
const QUANTIFIERS = ["", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "??"];

function patterns(atoms: readonly string[]): fc.Arbitrary<string> {
  const isAssertion = (atom: string) => /^(?:\^|\$|\\b|\\B)$/i.test(atom);
  const { pattern } = fc.letrec<{ pattern: string; atom: string; piece: string; branch: string }>(
    (tie) => ({
      atom: fc.oneof(
        { maxDepth: 2, depthIdentifier: "group" },
        fc.constantFrom(...atoms),
        fc.tuple(fc.constantFrom("(", "(?:"), tie("pattern")).map(([open, inside]) =>
          `${open}${inside})`
        ),
      ),
      piece: fc.tuple(tie("atom"), fc.constantFrom(...QUANTIFIERS)).map(([atom, quantifier]) =>
        isAssertion(atom) ? atom : atom + quantifier
      ),
      branch: fc.array(tie("piece"), { maxLength: 4 }).map((pieces) => pieces.join("")),
      pattern: fc.array(tie("branch"), { minLength: 1, maxLength: 3 }).map((branches) =>
        branches.join("|")
      ),
    }),
  );
  return pattern;
}

// Short, because the engine that is compared with backtracks.
const texts = fc.array(fc.constantFrom(..."aabbAB1 .-_\n]é中😀É"), { maxLength: 7 }).map((parts) =>
  parts.join("")
);

function agrees(source: string, { flags, text }: { flags: string; text: string }): void {
  const compiled = compileLinear(source, flags);
  // Not every generated pattern has a syntax that the engine takes.
  if (!compiled.ok) return fc.pre(false);
  assert.equal(compiled.value(text), new RegExp(source, flags).test(text));
}

Deno.test("compileLinear() finds what the engine's own matcher finds", () => {
  const flags = fc.constantFrom("", "i", "m", "s", "im");
  fc.assert(
    fc.property(patterns(ATOMS), flags, texts, (source, flags, text) => {
      agrees(source, { flags, text });
    }),
    { numRuns: 3000 },
  );
});

Deno.test("compileLinear() finds what the engine's own matcher finds, by code points", () => {
  const atoms = [...ATOMS.filter((atom) => atom !== "\\-"), ...UNICODE_ATOMS];
  fc.assert(
    fc.property(patterns(atoms), fc.constantFrom("u", "iu", "su"), texts, (source, flags, text) => {
      agrees(source, { flags, text });
    }),
    { numRuns: 2000 },
  );
});

Deno.test("compileLinear() reads braces that count nothing, and groups with names", () => {
  assert.equal(matches("{", "a{b"), true);
  assert.equal(matches("a{,2}", "a{,2}"), true);
  assert.equal(matches("(?<kind>rate|quota)_limit", "quota_limit"), true);
});

Deno.test("F138: compileLinear() matches in time linear in the text", () => {
  const started = performance.now();
  assert.equal(matches("^(a+)+$", "a".repeat(20_000) + "b"), false);
  assert.equal(matches("(a|aa)*c", "a".repeat(20_000)), false);
  assert.equal(matches("a.*b.*c.*d", "ab".repeat(10_000)), false);
  // The engine's own matcher takes seconds for 29 characters of the first.
  assert.ok(performance.now() - started < 5_000);
});

Deno.test("compileLinear() refuses what needs backtracking", () => {
  for (const source of ["(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b"]) {
    assert.match(reason(source), /\(\?=/);
  }
  assert.match(reason("(a)\\1"), /references to groups/);
  assert.match(reason("(?<n>a)\\k<n>"), /references to groups/);
  assert.match(reason("(?i:a)"), /flags inside the pattern/);
});

Deno.test("compileLinear() says what the engine says of a syntax error", () => {
  assert.equal(reason("(a"), "must be a valid regular expression (Unterminated group)");
});

Deno.test("compileLinear() refuses flags that keep state or change the syntax", () => {
  for (const flags of ["g", "y", "v", "d", "ig"]) {
    assert.match(reason("a", flags), /no other flags/);
  }
});

Deno.test("compileLinear() refuses patterns that multiply", () => {
  for (
    const source of ["(a{100}){100}", "a{100000}", "((){9999}){9999}", "(((a{9}){99}){99}){99}"]
  ) {
    assert.match(reason(source), /must be shorter/);
  }
});
