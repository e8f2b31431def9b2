import assert from "node:assert/strict";
import {
  departureWords,
  isAnotherTry,
  isLongSilence,
  leftLast,
} from "../../lib/policy/departure.ts";
import { leavesHome } from "../../lib/policy/plan.ts";
import { backendOf, routeOf } from "../routing.ts";

const [A, B, C] = ["a", "b", "c"].map((name) => routeOf(backendOf(name)));
const ROUTES = [A!, B!, C!];

function order(...left: readonly string[]): string {
  const choices = left.map((backend) => ({ backend, model: "model", why: "" }));
  return leftLast(ROUTES, choices).map(({ backend }) => backend.name).join("");
}

Deno.test("isLongSilence() is 20 s and more", () => {
  assert.deepEqual([0, 19_999, 20_000, 300_000].map(isLongSilence), [false, false, true, true]);
});

Deno.test("isAnotherTry() takes the same request within 60 s, and what calls itself a retry within 5 minutes", () => {
  const told = (sinceMs: number, isSame: boolean, isRetry: boolean) =>
    isAnotherTry({ sinceMs, isSame, isRetry });
  assert.deepEqual([told(0, true, false), told(60_000, true, false), told(60_001, true, false)], [
    true,
    true,
    false,
  ]);
  assert.equal(told(1, false, false), false);
  assert.deepEqual([told(299_999, false, true), told(300_000, true, true)], [true, false]);
});

Deno.test("leftLast() puts second choices behind the others, the one left longest ago first", () => {
  assert.equal(order(), "abc");
  assert.equal(order("a"), "bca");
  assert.equal(order("b", "a"), "cba");
  assert.equal(order("c", "a", "b"), "cab");
  assert.equal(order("gone"), "abc");
});

Deno.test("leftLast() tells models of one backend apart", () => {
  const other = routeOf(backendOf("a"), { model: "other" });
  const left = leftLast([A!, other], [{ backend: "a", model: "model", why: "" }]);
  assert.deepEqual(left, [other, A]);
});

Deno.test("leavesHome() is so where the home is second choice, whichever model of it is meant", () => {
  const secondChoices = [{ backend: "a", model: "model", why: "" }];
  const leaves = (backend: string, model: string | undefined) =>
    leavesHome({ home: { backend, model, why: "" }, secondChoices });
  assert.deepEqual([leaves("a", "model"), leaves("a", undefined)], [true, true]);
  assert.deepEqual([leaves("a", "other"), leaves("b", "model")], [false, false]);
  assert.equal(leavesHome({ home: undefined, secondChoices }), false);
});

Deno.test("departureWords() says how long the silence was", () => {
  assert.equal(departureWords(60_400), "its caller left after 60 s of silence");
});
