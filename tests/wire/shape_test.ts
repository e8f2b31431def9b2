import assert from "node:assert/strict";
import { type Shape, shapeOf } from "../../lib/wire/shape.ts";
import { bytesOf } from "./streams.ts";

const SHAPES: readonly (readonly [start: string, Shape | undefined])[] = [
  ["", undefined],
  [" \r\n\t", undefined],
  ["{", "json_object"],
  [`\r\n {"a":1}`, "json_object"],
  ["\ufeff{}", "json_object"],
  ["[", "json_array"],
  [`"text"`, "json_scalar"],
  ["-1", "json_scalar"],
  ["7", "json_scalar"],
  ["null", "json_scalar"],
  ["true", "json_scalar"],
  ["nul", undefined],
  ["nil", "text"],
  ["<!DOCTYPE html>", "html"],
  ["\n<html>", "html"],
  [":", "events"],
  ["data:", "events"],
  ["data\n", "events"],
  ["event: x", "events"],
  ["id:1", "events"],
  ["retry: 3", "events"],
  ["\ufeffdata: a", "events"],
  ["\u00a0", "text"],
  ["dat", undefined],
  ["data", undefined],
  ["database error", "text"],
  ["Internal Server Error", "text"],
  ["error code: 502", "text"],
];

for (const [start, shape] of SHAPES) {
  Deno.test(`shapeOf() takes ${JSON.stringify(start)} for ${shape ?? "too little to tell"}`, () => {
    assert.equal(shapeOf(bytesOf(start)), shape);
  });
}

Deno.test("shapeOf() passes over any white space, before a mark and after it", () => {
  const blanks = "\n".repeat(3000);
  assert.equal(shapeOf(bytesOf(`\ufeff${blanks}{}`)), "json_object");
  assert.equal(shapeOf(bytesOf(`${blanks}\ufeff [`)), "json_array");
});

Deno.test("shapeOf() never changes its mind as more comes", () => {
  for (const [start] of SHAPES) {
    const bytes = bytesOf(start);
    const last = shapeOf(bytes);
    for (let length = 0; length < bytes.length; length++) {
      const early = shapeOf(bytes.subarray(0, length));
      if (early !== undefined) assert.equal(early, last, `${start} to ${length}`);
    }
  }
});
