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
  assert.equal(joined("https://h/v1/openai", "/v1/chat"), "https://h/v1/openai/v1/chat");
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
  assert.equal(joined("https://h/v1beta/openai", "/v1/x"), "https://h/v1beta/openai/v1/x");
});

Deno.test("joinTarget() decodes nothing to find what counts once", () => {
  assert.equal(joined("https://h/v1", "/%761/x"), "https://h/v1/%761/x");
  assert.equal(joined("https://h/a%2Fb", "/a/b/x"), "https://h/a%2Fb/a/b/x");
});

Deno.test("joinTarget() takes several slashes for what they are, under the base", () => {
  assert.equal(joined("https://h/v1", "//"), "https://h/v1//");
  assert.equal(joined("https://h/v1", "//v1/x"), "https://h/v1//v1/x");
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

const segment = fc.constantFrom("v1", "v1beta", "api", "a", "", "%2F");
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
