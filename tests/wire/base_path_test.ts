import assert from "node:assert/strict";
import fc from "fast-check";
import { leavingBase } from "../../lib/wire/base_path.ts";
import { joinTarget } from "../../lib/wire/join_url.ts";
import { backendOf } from "../routing.ts";

/** Whether a request for that path leaves the base path, sent with a key. */
function leaves(basePath: string, path: string, key: string | undefined = "k"): boolean {
  const target = joinTarget(basePath, path);
  const request = {
    method: "POST",
    origin: "http://h",
    headers: [],
    body: new Uint8Array(),
    refusal: undefined,
    rest: undefined,
  };
  const backend = backendOf("b", { basePath });
  return leavingBase({ ...request, target }, { backend, key }) !== undefined;
}

const CLIMBING = [
  "/..",
  "/../admin",
  "/v1/../admin",
  "/v1/x/../../admin",
  "/x/../../v1/y",
  "/./../admin",
  "//../admin",
  "/%2e%2e/admin",
  "/%2E./admin",
  "/.%2e/admin",
  "/x/%2e%2e/%2e%2e/admin",
  "/%252e%252e/admin",
  "/%25252E%25252e/admin",
  "/%2%65%2%65/admin",
  "/..%2fadmin",
  "/x%2f..%2f..%2fadmin",
  "/x%2fy/../../admin",
  "/..\\admin",
  "/..%5cadmin",
  "/..;/admin",
  "/..;a=b/admin",
  "/..%3b/admin",
  "/../admin?x=/v1",
  "/v1/x#/../../admin",
];

for (const path of CLIMBING) {
  Deno.test(`leavingBase() refuses ${path} with a key (F099)`, () => {
    assert.ok(leaves("/v1", path));
    assert.ok(leaves("/api/v1", path));
  });
}

const STAYING = [
  "/v1/messages",
  "/",
  "//",
  "/x/../y",
  "/v1/x/../y",
  "/a/b/../../c",
  "/...",
  "/..a/b",
  "/a../b",
  "/%2e%2ea",
  "/v1/x?path=/../../admin",
  "/v1/x?..%2f..",
  "/v1/a%2fb",
  "/v1/50%25",
];

for (const path of STAYING) {
  Deno.test(`leavingBase() lets ${path} pass, which stays below the base`, () => {
    assert.ok(!leaves("/v1", path));
  });
}

Deno.test("leavingBase() lets pass what climbs at a backend without a base path", () => {
  assert.ok(!leaves("", "/v1/../../admin"));
});

Deno.test("leavingBase() is no matter of the caller's own credential", () => {
  const request = {
    method: "GET",
    origin: "http://h",
    headers: [],
    body: new Uint8Array(),
    refusal: undefined,
    rest: undefined,
  };
  const backend = backendOf("b", { basePath: "/v1" });
  const target = "/v1/../admin";
  assert.equal(leavingBase({ ...request, target }, { backend, key: undefined }), undefined);
});

Deno.test("leavingBase() refuses whatever a URL parser takes out of the base", () => {
  const segment = fc.constantFrom("..", ".", "a", "", "%2e%2e", ".%2E", "v1");
  fc.assert(fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
    const path = `/${segments.join("/")}`;
    const read = new URL(`http://h${joinTarget("/api/v1", path)}`).pathname;
    const isOut = read !== "/api/v1" && !read.startsWith("/api/v1/");
    assert.ok(!isOut || leaves("/api/v1", path), path);
  }));
});

Deno.test("leavingBase() is quick with a path encoded over and over", () => {
  const started = performance.now();
  assert.ok(leaves("/v1", `/%${"25".repeat(30_000)}2e${"%2e/".repeat(10_000)}`));
  assert.ok(performance.now() - started < 1_000);
});
