import assert from "node:assert/strict";
import { parseErrorPattern, regexpsFor } from "../../lib/config/error_patterns.ts";

const regexps = await regexpsFor(["/a/"]);

function matches(source: string, text: string): boolean {
  const parsed = parseErrorPattern(source, regexps);
  if (!parsed.ok) assert.fail(`${source} ${parsed.reason}`);
  assert.equal(parsed.value.source, source);
  return parsed.value.matches(text);
}

function reason(source: string): string {
  const parsed = parseErrorPattern(source, regexps);
  if (parsed.ok) assert.fail(`${source} was accepted`);
  return parsed.reason;
}

Deno.test("parseErrorPattern() finds a substring in any case", () => {
  assert.equal(matches("Rate_Limit", "the RATE_LIMIT was hit"), true);
  assert.equal(matches("rate_limit", "rate limit"), false);
});

Deno.test("parseErrorPattern() finds text that is not ASCII", () => {
  assert.equal(matches("无可用渠道", "当前分组下无可用渠道"), true);
});

Deno.test("parseErrorPattern() takes the signs of regular expressions literally in a substring", () => {
  assert.equal(matches("a.c*", "abc"), false);
  assert.equal(matches("a.c*", "xA.C*x"), true);
});

Deno.test("parseErrorPattern() reads a regular expression between slashes, with its flags", () => {
  assert.equal(matches("/quota.{0,9}exceeded/", "quota was exceeded"), true);
  assert.equal(matches("/quota/", "QUOTA"), false);
  assert.equal(matches("/quota/i", "QUOTA"), true);
});

Deno.test("parseErrorPattern() answers the same however often it is asked", () => {
  const parsed = parseErrorPattern("/a/", regexps);
  assert.ok(parsed.ok);
  assert.deepEqual([1, 2, 3].map(() => parsed.value.matches("a")), [true, true, true]);
});

Deno.test("F139: parseErrorPattern() refuses what matches an empty text", () => {
  for (const source of ["", "  ", "//", "/.*/", "/a?/", "/^/", "/a|/", "/(?:)/i"]) {
    assert.match(reason(source), /would match everything/, source);
  }
});

Deno.test("F139: parseErrorPattern() refuses what matches every text", () => {
  for (const source of ["/./", "/.+/s", "/[^]/", "/[^~]+/"]) {
    assert.match(reason(source), /every text/);
  }
});

Deno.test("parseErrorPattern() refuses flags that keep state", () => {
  assert.match(reason("/a/g"), /no other flags/);
  assert.match(reason("/a/y"), /no other flags/);
});

Deno.test("parseErrorPattern() reports a regular expression that cannot be read", () => {
  assert.match(reason("/(/"), /valid regular expression in RE2's syntax \(missing closing \)/);
});

Deno.test("parseErrorPattern() refuses patterns of more than 1000 characters", () => {
  assert.match(reason("x".repeat(1001)), /at most 1000/);
});

Deno.test("parseErrorPattern() refuses what cannot be matched in linear time, and says so", () => {
  for (const source of ["/(?=a)b/", "/(a)\\1/", "/(?<!x)y/"]) {
    assert.match(reason(source), /RE2's syntax/, source);
  }
});

Deno.test("parseErrorPattern() reads JavaScript's escapes, classes and named groups", () => {
  assert.equal(matches("/^\\d{3}\\s\\w+$/m", "first\n503 overloaded\nlast"), true);
  assert.equal(matches("/\\u65e0可用/", "无可用渠道"), true);
  assert.equal(matches("/(?<what>quota|credit)\\/exhausted/", "credit/exhausted"), true);
  assert.equal(matches("/a.b/", "a\nb"), false);
  assert.equal(matches("/a.b/s", "a\nb"), true);
  assert.equal(matches("/^.$/u", "😀"), true);
});

Deno.test("F138: parseErrorPattern() matches nested repeats on a long text without backtracking", () => {
  const text = "a".repeat(64 * 1024) + "!";
  for (const source of ["/^(a+)+$/", "/(a|aa)+$/", "/(x+x+)+y/"]) {
    assert.equal(matches(source, text), false, source);
  }
});
