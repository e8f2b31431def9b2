import assert from "node:assert/strict";
import fc from "fast-check";
import { parseNamePattern } from "../../lib/config/name_pattern.ts";

function matching(source: string, names: readonly string[]): string[] {
  return names.filter(parseNamePattern(source).matches);
}

Deno.test("parseNamePattern() takes a name without a star for itself alone", () => {
  assert.deepEqual(matching("gpt-5", ["gpt-5", "gpt-50", "GPT-5", "gpt", ""]), ["gpt-5"]);
  assert.deepEqual(matching("a.c", ["abc", "a.c"]), ["a.c"]);
});

Deno.test("parseNamePattern() takes a star for any characters, none too", () => {
  const names = ["claude-", "claude-opus", "xclaude-opus", "anthropic/claude-opus", "claude"];
  assert.deepEqual(matching("claude-*", names), ["claude-", "claude-opus"]);
  assert.deepEqual(matching("*/claude-*", names), ["anthropic/claude-opus"]);
  assert.deepEqual(matching("*claude*", names), names);
  assert.deepEqual(matching("*", [...names, ""]), [...names, ""]);
});

Deno.test("parseNamePattern() counts no character twice", () => {
  assert.deepEqual(matching("ab*ba", ["aba", "abba", "abxba"]), ["abba", "abxba"]);
  assert.deepEqual(matching("a*b*a", ["aba", "ab", "aa", "abba"]), ["aba", "abba"]);
});

Deno.test("parseNamePattern() means what the regular expression means", () => {
  const letters = (most: number) =>
    fc.array(fc.constantFrom("a", "b", "*", "."), { maxLength: most }).map((all) => all.join(""));
  fc.assert(fc.property(letters(6), letters(10), (source, name) => {
    const inside = source.replaceAll(".", "\\.").replaceAll("*", ".*");
    const expected = new RegExp(`^${inside}$`, "s").test(name);
    assert.equal(parseNamePattern(source).matches(name), expected, `${source} on ${name}`);
  }));
});

Deno.test("parseNamePattern() is quick with a long name and many stars", () => {
  const { matches } = parseNamePattern("*a".repeat(500) + "*b");
  const started = performance.now();
  assert.equal(matches("a".repeat(1_000_000)), false);
  assert.ok(performance.now() - started < 2_000);
});
