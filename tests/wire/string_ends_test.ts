import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonWalk } from "../../lib/wire/json_walk.ts";
import { scanTopLevel } from "../../lib/wire/json_scan.ts";
import { StringEnds } from "../../lib/wire/string_ends.ts";
import { WantedKeys } from "../../lib/wire/wanted_keys.ts";
import { kindByJsonParse } from "./json_oracle.ts";

const BACKSLASH = 0x5c;
const QUOTE = 0x22;

/** By one look at each byte. */
function endByLoop(body: Uint8Array, from: number, until: number): number {
  for (let at = from; at < until; at++) {
    if (body[at] === QUOTE) return at + 1;
    if (body[at] === BACKSLASH) at++;
  }
  return -1;
}

/** Long and short ways between quotes and backslashes, in bytes of every kind. */
const pieces = fc.oneof(
  fc.constantFrom('"', '"', "\\", "\\\\", '\\"', '\\\\"', "é", "模", "\u0000", "😀"),
  fc.nat({ max: 40 }).map((length) => "x".repeat(length)),
  fc.nat({ max: 3_000 }).map((length) => "y".repeat(length)),
  fc.nat({ max: 700 }).map((length) => '\\"'.repeat(length)),
  fc.nat({ max: 700 }).map((length) => "\\".repeat(length)),
);

const bodies = fc.tuple(fc.array(pieces, { maxLength: 30 }), fc.nat({ max: 7 })).map(
  ([texts, before]) => {
    // In memory that begins before it, as what is left of a read does.
    const text = new TextEncoder().encode(`${"\\".repeat(before)}${texts.join("")}`);
    return text.subarray(before);
  },
);

Deno.test("StringEnds gives the ends that one look at each byte gives, one string after another", () => {
  fc.assert(fc.property(bodies, (body) => {
    const ends = new StringEnds(body);
    for (let from = 0; from >= 0;) {
      const end = ends.after(from, body.length);
      assert.equal(end, endByLoop(body, from, body.length));
      from = end;
    }
  }));
});

Deno.test("StringEnds finds no end behind the offset it may look up to", () => {
  fc.assert(fc.property(bodies, fc.nat(), (body, cut) => {
    const until = cut % (body.length + 1);
    const end = new StringEnds(body).after(0, until);
    assert.equal(end, endByLoop(body, 0, until));
  }));
});

Deno.test("StringEnds goes on behind a pause where it would be without one", () => {
  fc.assert(fc.property(bodies, fc.integer({ min: 1, max: 2_000 }), (body, step) => {
    const ends = new StringEnds(body);
    let [from, until, end] = [0, 0, -1];
    while (end < 0 && until < body.length) {
      until = Math.min(body.length, from + step);
      end = ends.after(from, until);
      if (end < 0) from = ends.pastEscapes(from, until);
    }
    assert.equal(end, endByLoop(body, 0, body.length));
  }));
});

/** A string of JSON, short or long, with and without escapes. */
const strings = fc.array(pieces, { maxLength: 6 }).map((texts) => JSON.stringify(texts.join("")));
const objects = fc.array(fc.tuple(strings, strings, strings), { maxLength: 6 }).map((members) => {
  const written = members.map(([key, inner, value]) => `${key}:[{${inner}:1},${value}]`);
  return new TextEncoder().encode(`{${[...written, '"model":"x"'].join(",")}}`);
});

Deno.test("JsonWalk ends where it ends at once, in slices of any length", () => {
  fc.assert(fc.property(objects, fc.integer({ min: 1, max: 5_000 }), (body, slice) => {
    const walk = new JsonWalk(body, 0);
    let end = walk.advance(slice);
    while (end === undefined) end = walk.advance(walk.at + slice);
    assert.equal(end, new JsonWalk(body, 0).advance());
    assert.equal(end, body.length);
  }));
});

Deno.test("scanTopLevel() agrees with JSON.parse on long strings with bytes changed", () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(QUOTE, BACKSLASH, 0x7d, 0xff)), {
    maxLength: 3,
  });
  fc.assert(fc.property(objects, changes, (body, changed) => {
    for (const [at, byte] of changed) body[at % body.length] = byte;
    const { kind } = scanTopLevel(body, new WantedKeys(["model"]));
    assert.equal(kind, kindByJsonParse(body));
  }));
});
