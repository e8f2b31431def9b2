import assert from "node:assert/strict";
import fc from "fast-check";
import type { Span } from "../../lib/wire/json_string.ts";
import { type Body, body, textOf } from "./json_arbitrary.ts";
import { bytes, concat, decoded, models, scan, written } from "./json_bodies.ts";

Deno.test("scanTopLevel() gives the span of a value without the space around it", () => {
  const members = new Map([["model", [{ start: 12, end: 15 }]]]);
  assert.deepEqual(scan('{ "model" : "a" }', "model"), { kind: "object", members });
});

Deno.test("scanTopLevel() finds several keys in one pass, and no others", () => {
  const found = scan('{"model":"a","stream":true,"user":{"id":1}}', "stream", "user", "n");
  const members = new Map([["stream", [{ start: 22, end: 26 }]], ["user", [{
    start: 34,
    end: 42,
  }]]]);
  assert.deepEqual(found, { kind: "object", members });
});

Deno.test("scanTopLevel() takes __proto__ and constructor as keys like any other", () => {
  const found = scan('{"__proto__":1,"constructor":2}', "__proto__", "constructor", "toString");
  assert.equal(found.kind, "object");
  const keys = found.kind === "object" ? [...found.members.keys()] : [];
  assert.deepEqual(keys, ["__proto__", "constructor"]);
});

Deno.test("scanTopLevel() finds a key that itself needs escaping", () => {
  for (const key of ['say "hi"', "back\\slash", "a/b", "tab\t", "模型", "😀", "", "\ud800"]) {
    const found = scan(`{${JSON.stringify(key)}:1}`, key);
    assert.ok(found.kind === "object" && found.members.has(key), key);
  }
});

Deno.test("scanTopLevel() tells JSON that is no object", () => {
  for (const text of ["[]", '[{"model":"a"}]', '"model"', "12", "-0.5e-1", "true", "null", " 1 "]) {
    assert.deepEqual(scan(text, "model"), { kind: "not_object" }, text);
  }
});

Deno.test("scanTopLevel() says where a body stops being JSON", () => {
  const rows: readonly (readonly [string, number])[] = [
    ["", 0],
    ["  ", 2],
    ["{", 1],
    ["{model:1}", 1],
    ["{'model':1}", 1],
    ['{"model"}', 8],
    ['{"model":}', 9],
    ['{"model":"a",}', 13],
    ['{"model":"a" "b":1}', 13],
    ['{"model":"a"}}', 13],
    ['{"model":"a"]', 12],
    ['{"a":[1,2}', 9],
    ['{"a":[1 2]}', 8],
    ['{"a":{"b"}}', 9],
    ['{"a":tru}', 8],
    ['{"a":nul', 8],
    ['{"a":True}', 5],
    ['{"a":01}', 6],
    ['{"a":-}', 6],
    ['{"a":+1}', 5],
    ['{"a":.5}', 5],
    ['{"a":1.}', 7],
    ['{"a":1e+}', 8],
    ['{"a":NaN}', 5],
    ['{"a":"b', 7],
    ['{"a":"b\\"}', 10],
    ["{} //", 3],
  ];
  for (const [text, offset] of rows) {
    assert.deepEqual(scan(text, "model"), { kind: "malformed", offset }, text);
  }
});

Deno.test("scanTopLevel() takes only the four whitespace characters of JSON as space", () => {
  assert.equal(scan(' \t\r\n{"a"\n:\t1 }\r').kind, "object");
  for (const space of ["\f", "\v", "\u00a0", "\u2028", "\0"]) {
    assert.deepEqual(scan(`{${space}"a":1}`), { kind: "malformed", offset: 1 });
  }
});

Deno.test("scanTopLevel() does not judge what is inside a string", () => {
  for (const inside of ["\n", "\0", "\\x", "\\u12", "\\ud800"]) {
    assert.deepEqual(written(`{"a":"${inside}","model":"b"}`), ['"b"'], JSON.stringify(inside));
  }
});

Deno.test("scanTopLevel() ends a string at a quote after an even run of backslashes only", () => {
  for (let run = 0; run < 100; run++) {
    const text = `{"a":"${"\\".repeat(run)}","model":"b"}`;
    const expected = run % 2 === 0 ? "object" : "malformed";
    assert.equal(scan(text, "model").kind, expected, `${run} backslashes`);
  }
});

Deno.test("scanTopLevel() finds the end of a string of any length", () => {
  for (let length = 0; length < 200; length++) {
    const string = JSON.stringify(
      "é".repeat(length % 3) + '"x'.repeat(length % 7) + "a".repeat(length),
    );
    assert.deepEqual(written(`{"a":${string},"model":${string}}`), [string]);
  }
});

Deno.test("scanTopLevel() finds the models of any object, in order and to the byte", () => {
  fc.assert(fc.property(body, (body: Body) => {
    const expected: Span[] = [];
    let start = 0;
    for (const part of body.parts) {
      const end = start + bytes(part.text).length;
      if (part.isModel) expected.push({ start, end });
      start = end;
    }
    assert.deepEqual(models(bytes(textOf(body))), expected);
  }));
});

Deno.test("stringAt() reads the last model as JSON.parse does", () => {
  fc.assert(fc.property(body, (body: Body) => {
    const { model } = JSON.parse(textOf(body).replace(/^\ufeff/, ""));
    assert.equal(decoded(bytes(textOf(body))), typeof model === "string" ? model : undefined);
  }));
});

Deno.test("stringAt() decodes escapes, surrogate pairs and UTF-8", () => {
  const body = bytes('{"model":"\\u0061\\/\\"\\\\\\n\\ud83d\\ude00 模型"}');
  assert.equal(decoded(body), 'a/"\\\n😀 模型');
});

Deno.test("stringAt() keeps a byte order mark that a string begins with", () => {
  assert.equal(decoded(bytes('{"model":"\ufeffa"}')), "\ufeffa");
});

Deno.test("stringAt() gives undefined for a string that JSON or UTF-8 does not allow", () => {
  const insides = [[0x0a], [0x00], [0x5c, 0x78], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80]];
  for (const inside of insides) {
    const body = concat('{"model":"a', inside, '"}');
    assert.equal(models(body).length, 1);
    assert.equal(decoded(body), undefined, String(inside));
  }
});
