import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBaseUrl } from "../../lib/config/base_url.ts";
import { joinTarget } from "../../lib/wire/join_url.ts";

/** The URL that a request for `target` goes to at the backend whose `url` is `base`. */
function joined(base: string, target: string): string {
  const parsed = parseBaseUrl(base);
  return parsed.ok
    ? parsed.value.origin + joinTarget(parsed.value.basePath, target)
    : assert.fail(parsed.reason);
}

Deno.test("joinTarget() appends the path to the base path", () => {
  assert.equal(joined("https://h/v1", "/messages"), "https://h/v1/messages");
  assert.equal(joined("https://h", "/v1/x"), "https://h/v1/x");
  assert.equal(joined("https://h/api/v1", "/x"), "https://h/api/v1/x");
});

Deno.test("joinTarget() counts the segments once that the base ends and the path starts with", () => {
  assert.equal(joined("https://h/v1", "/v1/messages"), "https://h/v1/messages");
  assert.equal(joined("https://h/api/v1", "/v1/x"), "https://h/api/v1/x");
  assert.equal(joined("https://h/api/v1", "/api/v1/x"), "https://h/api/v1/x");
});

Deno.test("joinTarget() takes a trailing slash of the base for nothing", () => {
  assert.equal(joined("https://h/", "/v1/x"), "https://h/v1/x");
  assert.equal(joined("https://h/v1/", "/v1/x"), "https://h/v1/x");
  assert.equal(joined("https://h/v1/", "/x"), "https://h/v1/x");
});

Deno.test("joinTarget() overlaps whole segments only", () => {
  assert.equal(joined("https://h/v1", "/v1beta/models"), "https://h/v1/v1beta/models");
  assert.equal(joined("https://h/v1beta", "/v1/x"), "https://h/v1beta/v1/x");
  assert.equal(joined("https://h/api-v1", "/v1/x"), "https://h/api-v1/v1/x");
  assert.equal(joined("https://h/v1", "/V1/x"), "https://h/v1/V1/x");
});

Deno.test("joinTarget() takes the longest overlap", () => {
  assert.equal(joined("https://h/a/b/a/b", "/a/b/a/b/x"), "https://h/a/b/a/b/x");
  assert.equal(joined("https://h/v1/v1", "/v1/v1/v1/x"), "https://h/v1/v1/v1/x");
});

Deno.test("joinTarget() overlaps the base's end, not its start or middle", () => {
  assert.equal(joined("https://h/v1/other", "/v1/chat"), "https://h/v1/other/v1/chat");
});

Deno.test("joinTarget() leaves the base alone when the path is all overlap, or nothing", () => {
  assert.equal(joined("https://h/v1", "/v1"), "https://h/v1");
  assert.equal(joined("https://h/v1", "/v1/"), "https://h/v1/");
  assert.equal(joined("https://h/v1", "/"), "https://h/v1/");
  assert.equal(joined("https://h", "/"), "https://h/");
});

Deno.test("joinTarget() keeps the query byte for byte", () => {
  const query = "?beta=true&a=%2F..%2f&&b=c?d/v1/e&key=%zz+ ";
  assert.equal(joined("https://h/v1", `/v1/messages${query}`), `https://h/v1/messages${query}`);
  assert.equal(joined("https://h/v1", "/v1?/v1/x"), "https://h/v1?/v1/x");
  assert.equal(joined("https://h/v1", "/x?"), "https://h/v1/x?");
});

Deno.test("joinTarget() counts a Gemini version once, and the model as it stands", () => {
  const target = "/v1beta/models/m:generateContent?alt=sse";
  assert.equal(joined("https://h/v1beta", target), `https://h${target}`);
  assert.equal(joined("https://h", target), `https://h${target}`);
});

Deno.test("joinTarget() cases 12: a base that ends with a version puts it in the place of /v1", () => {
  const chat = "/v1/chat/completions";
  const bases: readonly (readonly [string, string])[] = [
    ["/api/paas/v4", "/api/paas/v4/chat/completions"],
    ["/api/v3", "/api/v3/chat/completions"],
    ["/v1beta/openai", "/v1beta/openai/chat/completions"],
    ["/v1/openai", "/v1/openai/chat/completions"],
    ["/v1", "/v1/chat/completions"],
  ];
  for (const [base, result] of bases) {
    assert.equal(joined(`https://h${base}`, chat), `https://h${result}`);
  }
  assert.equal(joined("https://h/api/v4", "/v1"), "https://h/api/v4");
  assert.equal(joined("https://h/api/v4", "/v1/x?a=/v1/"), "https://h/api/v4/x?a=/v1/");
  assert.equal(joined("https://h/api/v4", "/v4/x"), "https://h/api/v4/x");
  assert.equal(joined("https://h/v1beta/openai", "/v1beta/openai/x"), "https://h/v1beta/openai/x");
});

Deno.test("joinTarget() cases 12: v1beta and v1 never stand for each other", () => {
  assert.equal(joined("https://h/v1beta", "/v1/x"), "https://h/v1beta/v1/x");
  assert.equal(joined("https://h/v1", "/v1beta/x"), "https://h/v1/v1beta/x");
  assert.equal(joined("https://h/v4", "/v1beta/x"), "https://h/v4/v1beta/x");
});

Deno.test("joinTarget() cases 12: a base with a version further in stays as it is", () => {
  const base = "https://h/v1/ACCOUNT/GATEWAY/anthropic";
  assert.equal(joined(base, "/v1/messages"), `${base}/v1/messages`);
  assert.equal(joined("https://h/api/v4/x", "/v1/y"), "https://h/api/v4/x/v1/y");
  assert.equal(joined("https://h/api/openai", "/v1/y"), "https://h/api/openai/v1/y");
});

Deno.test("joinTarget() cases 12: several slashes before a version are one", () => {
  assert.equal(joined("https://h/v1", "//v1/messages"), "https://h/v1/messages");
  assert.equal(joined("https://h/api/v4", "//v1/x"), "https://h/api/v4/x");
  assert.equal(joined("https://h/base", "///v1beta/x"), "https://h/base/v1beta/x");
});

Deno.test("joinTarget() decodes nothing to find what counts once", () => {
  assert.equal(joined("https://h/v1", "/%761/x"), "https://h/v1/%761/x");
  assert.equal(joined("https://h/a%2Fb", "/a/b/x"), "https://h/a%2Fb/a/b/x");
});

Deno.test("joinTarget() takes several slashes for what they are, under the base", () => {
  assert.equal(joined("https://h/v1", "//"), "https://h/v1//");
  assert.equal(joined("https://h/v1//", "/v1/x"), "https://h/v1/x");
  assert.equal(joined("https://h", "//"), "https://h//");
});

Deno.test("joinTarget() keeps odd paths as they are, under the base (F099)", () => {
  for (const odd of ["//x", "/a//b", "/;x", "/a;v=1/b", "/%2e%2e/x", "/@evil", "/a:b", "/x."]) {
    assert.equal(joined("https://h/v1", odd), `https://h/v1${odd}`);
  }
});

Deno.test("joinTarget() sends nothing to another origin (F182)", () => {
  for (const target of ["//evil.example/x", "/@evil.example/", "/\\evil.example", "/.evil"]) {
    for (const base of ["https://h", "https://h/v1"]) {
      assert.equal(new URL(joined(base, target)).origin, "https://h", target);
    }
  }
});

const segment = fc.constantFrom("v1x", "w1", "api", "a", "", "%2F");
const path = fc.array(segment, { maxLength: 5 });

Deno.test("joinTarget() starts with the base and ends with what the path adds", () => {
  fc.assert(fc.property(path, path, (base, rest) => {
    const basePath = base.filter((each) => each !== "").map((each) => `/${each}`).join("");
    const target = `/${rest.join("/")}`;
    const result = joinTarget(basePath, target);
    const whole = `${basePath}${target}`;
    assert.ok(result === basePath || result.startsWith(`${basePath}/`), result);
    assert.ok(whole.endsWith(result.slice(basePath.length)), result);
    assert.ok(result.endsWith(target), result);
  }));
});
