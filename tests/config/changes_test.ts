import assert from "node:assert/strict";
import { changeClause, changesOf } from "../../lib/config/changes.ts";
import { aliasOf, backendOf, FALLBACK, routeOf, snapshotOf } from "../routing.ts";

const A = backendOf("a");
const B = backendOf("b");
const ONE = aliasOf("one", [routeOf(A)]);
const FIRST = snapshotOf([ONE]);

Deno.test("changesOf() names the backends and aliases that were added, changed and removed", () => {
  const next = snapshotOf([aliasOf("one", [routeOf(A), routeOf(B)]), aliasOf("two", [routeOf(B)])]);
  const there = ["backend b added", "alias one changed", "alias two added"];
  assert.deepEqual(changesOf(FIRST, next), there);
  const back = ["backend b removed", "alias one changed", "alias two removed"];
  assert.deepEqual(changesOf(next, FIRST), back);
});

Deno.test("changesOf() names a backend's keys that changed, and shows no value", () => {
  const other = { ...A, keys: ["sk-new-0123456789"], maxConcurrent: 3 };
  const next = snapshotOf([aliasOf("one", [routeOf(other)])]);
  assert.deepEqual(changesOf(FIRST, next), ["backend a changed (api_key, max_concurrent)"]);
});

Deno.test("changesOf() names the sections that changed", () => {
  const next = snapshotOf([ONE], { fallback: { ...FALLBACK, cooldownMs: 1 } });
  assert.deepEqual(changesOf(FIRST, next), ["fallback changed"]);
});

Deno.test("changeClause() says where nothing has changed, and counts what is too much", () => {
  assert.equal(
    changeClause(changesOf(FIRST, snapshotOf([ONE]))),
    "nothing that counts has changed",
  );
  const many = Array.from({ length: 10 }, (_, index) => `alias ${index} added`);
  assert.match(changeClause(many), /^alias 0 added, .*alias 7 added and 2 more$/);
});
