import assert from "node:assert/strict";
import fc from "fast-check";
import { parseBaseUrl } from "../../lib/config/base_url.ts";
import { joinTarget, withoutDoubledSlashes } from "../../lib/wire/join_url.ts";

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
  const gateway = "https://h/v1/ACCOUNT/GATEWAY/anthropic";
  assert.equal(joined(gateway, "/v1/messages"), `${gateway}/v1/messages`);
  assert.equal(joined("https://h/v1/x", "/v1/chat"), "https://h/v1/x/v1/chat");
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
  assert.equal(joined("https://h/v1beta/openai", "/v1beta/openai/x"), "https://h/v1beta/openai/x");
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

Deno.test("cases 12: a base that ends with a version takes the place of the caller's /v1", () => {
  const chat = "/chat/completions";
  for (
    const base of [
      "https://h/api/paas/v4",
      "https://h/v3",
      "https://h/api/v12",
      "https://h/v1beta/openai",
      "https://h/v1beta2/openai",
      "https://h/v1/openai",
      "https://h/openai/v1",
    ]
  ) {
    assert.equal(joined(base, `/v1${chat}?a=/v1/b`), `${base}${chat}?a=/v1/b`);
    assert.equal(joined(base, chat), base + chat);
  }
});

Deno.test("cases 12: v1beta is never replaced by v1, nor the other way round", () => {
  assert.equal(joined("https://h/v1beta", "/v1/x"), "https://h/v1beta/v1/x");
  assert.equal(joined("https://h/v1", "/v1beta/x"), "https://h/v1/v1beta/x");
  assert.equal(joined("https://h/v4", "/v2/x"), "https://h/v4/v2/x");
  assert.equal(joined("https://h/v4", "/v1x/y"), "https://h/v4/v1x/y");
  assert.equal(joined("https://h/apiv4", "/v1/x"), "https://h/apiv4/v1/x");
});

Deno.test("cases 12: slashes that a base URL has doubled count once", () => {
  const same = [
    "/v1/a//b",
    "/a//b",
    "/v1/x?u=http://y//",
    "/x/v1//y",
    "/vx//y",
    "/v1beta/models//m",
  ];
  for (const target of same) assert.equal(withoutDoubledSlashes(target), target);
  for (const doubled of ["//v1/messages", "/v1//messages", "///v1///messages"]) {
    assert.equal(withoutDoubledSlashes(`${doubled}?a=//b`), "/v1/messages?a=//b");
  }
  assert.equal(withoutDoubledSlashes("//messages"), "/messages");
  assert.equal(withoutDoubledSlashes("//"), "/");
  assert.equal(withoutDoubledSlashes("/v1//"), "/v1/");
  assert.equal(withoutDoubledSlashes("/v1beta//models/m:x"), "/v1beta/models/m:x");
  assert.equal(withoutDoubledSlashes("/v1beta/openai//x"), "/v1beta/openai/x");
  assert.equal(withoutDoubledSlashes("/openai/v1//x"), "/openai/v1/x");
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
