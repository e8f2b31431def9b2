import assert from "node:assert/strict";
import { placeOf } from "../../lib/admin/place.ts";

const ROUTES = ["/", "/app.js", "/api/now", "/health"];

/** The path in our own words, with `(no slash)` where the public path lacks it. */
function led(target: string, path = "/llm/"): string {
  const publicUrl = { origin: "https://h", hostname: "h", path };
  const place = placeOf(target, { publicUrl, isRoute: (path) => ROUTES.includes(path) });
  const query = place.query.size === 0 ? "" : `?${place.query}`;
  return place.path + query + (place.lacksSlash ? " (no slash)" : "");
}

const TARGETS: readonly (readonly [target: string, place: string])[] = [
  ["/", "/"],
  ["/api/now?a=1", "/api/now?a=1"],
  ["/llm/", "/"],
  ["/llm", "/ (no slash)"],
  ["/llm?a=1", "/?a=1 (no slash)"],
  ["/llm/api/now?a=1?b", "/api/now?a=1%3Fb"],
  ["/llm/app.js", "/app.js"],
  ["//", "/"],
  ["//api/now", "/api/now"],
  ["/llm//api/now", "/api/now"],
  ["/llmx/api/now", "/llmx/api/now"],
  ["/LLM/api/now", "/LLM/api/now"],
  ["/llm/llm/api/now", "/llm/api/now"],
  ["/llm/../api/now", "/../api/now"],
  ["/elsewhere", "/elsewhere"],
];

for (const [target, place] of TARGETS) {
  Deno.test(`placeOf() leads ${target} to ${place}`, () => assert.equal(led(target), place));
}

Deno.test("placeOf() takes a path of ours for itself, below a public path of the same name", () => {
  assert.equal(led("/api/now", "/api/"), "/api/now");
  assert.equal(led("/api/api/now", "/api/"), "/api/now");
  assert.equal(led("/api/", "/api/"), "/");
  assert.equal(led("/health", "/health/"), "/health");
});

Deno.test("placeOf() changes nothing where no public path is known", () => {
  for (const target of ["/llm/api/now", "/llm", "/api/now"]) {
    const place = placeOf(target, { publicUrl: undefined, isRoute: () => false });
    assert.deepEqual([place.path, place.lacksSlash], [target, false]);
  }
});
