import assert from "node:assert/strict";
import { scanTopLevel } from "../../lib/wire/json_scan.ts";
import { WantedKeys } from "../../lib/wire/wanted_keys.ts";
import { bytes, concat, decoded, models, renamedAt, scan, written } from "./json_bodies.ts";

Deno.test("F105: scanTopLevel() gives every duplicate, and the last decides", () => {
  assert.deepEqual(written('{"model":"a","x":1,"model":2,"model":"c"}'), ['"a"', "2", '"c"']);
  assert.equal(decoded(bytes('{"model":"a","model":"c"}')), "c");
  assert.equal(decoded(bytes('{"model":"a","model":null}')), undefined);
});

Deno.test("F106: an escaped spelling is the same key", () => {
  const spellings = ["\\u006dodel", "m\\u006Fdel", "\\u006d\\u006f\\u0064\\u0065\\u006c", "model"];
  for (const key of spellings) assert.deepEqual(written(`{"${key}":"a"}`), ['"a"'], key);
});

Deno.test("F106: another case, a space, or a longer name is another key", () => {
  const others = [
    "MODEL",
    "Model",
    "model ",
    " model",
    "models",
    "mode",
    "",
    "\\\\u006dodel",
    "mοdel",
  ];
  for (const key of others) assert.deepEqual(written(`{"${key}":"a"}`), [], key);
});

Deno.test("F106: a key that JSON or UTF-8 does not allow is no match, however it could be read", () => {
  const keys = [
    concat("mode", [0x5c, 0x6c]),
    concat([0x5c, 0x75], "6dodel"),
    concat([0x5c], "u006dod", [0xc1, 0xa5], "l"),
    concat([0x5c], "n", [0xff]),
    concat("\n"),
  ];
  for (const key of keys) {
    const body = concat('{"', [...key], '":"a"}');
    const found = scanTopLevel(body, new WantedKeys(["model", "\n\ufffd", "\n"]));
    assert.deepEqual(found, { kind: "object", members: new Map() });
  }
});

Deno.test("F107: a model in strings, arrays, nested objects and tool schemas is not the model", () => {
  const nested = [
    '"{\\"model\\":\\"x\\"}"',
    '["model","x",{"model":"x"}]',
    '{"model":"x","properties":{"model":{"type":"string","enum":["model"]}}}',
    '[[{"a":[{"model":"x"}]}]]',
  ];
  for (const value of nested) {
    assert.deepEqual(written(`{"a":${value},"model":"y","b":${value}}`), ['"y"']);
    assert.deepEqual(written(`{"a":${value}}`), []);
  }
});

Deno.test("F108: a model that is no string has a span and no name", () => {
  for (const value of ["null", "12", "-1.5e3", "true", "{}", "[]", '{"a":[1,{}]}', '["x"]']) {
    assert.deepEqual(written(`{"model":${value},"a":1}`), [value]);
    assert.equal(decoded(bytes(`{"model":${value}}`)), undefined);
  }
});

Deno.test("F108: a missing model has no entry, in an empty object too", () => {
  for (const text of ["{}", "{ }", '{"a":1}']) {
    assert.deepEqual(scan(text, "model"), { kind: "object", members: new Map() });
  }
});

Deno.test("F108: an empty model and one of a megabyte are names", () => {
  for (const name of ["", "a".repeat(1_000_000)]) {
    assert.equal(decoded(bytes(`{"model":"${name}"}`)), name);
  }
});

for (const depth of [100_000, 5_000_000]) {
  Deno.test(`F109: ${depth} nested brackets around the model overflow nothing`, () => {
    const deep = "[".repeat(depth) + "]".repeat(depth);
    assert.deepEqual(written(`{"a":${deep},"model":"x","b":${deep}}`), ['"x"']);
  });

  Deno.test(`F109: ${depth} brackets that are never closed are malformed`, () => {
    assert.deepEqual(scan("[".repeat(depth)), { kind: "malformed", offset: depth });
  });
}

Deno.test("F109: objects and arrays by turns keep their order at any depth", () => {
  for (let depth = 1; depth < 200; depth++) {
    const open = Array.from({ length: depth }, (_, i) => i * i % 3 === 0 ? '{"model":' : "[");
    const close = open.map((text) => text === "[" ? "]" : "}").reverse();
    const text = `{"a":${open.join("")}1${close.join("")},"model":"x"}`;
    assert.deepEqual(written(text), ['"x"'], `depth ${depth}`);
  }
});

Deno.test("F109: one wrong bracket is malformed at any depth", () => {
  for (let depth = 1; depth < 200; depth++) {
    const text = "[".repeat(depth) + "]".repeat(depth - 1) + "}" + "]".repeat(depth);
    assert.deepEqual(scan(text), { kind: "malformed", offset: 2 * depth - 1 });
  }
});

Deno.test("F110: a byte order mark is accepted, counted and kept", () => {
  const body = bytes('\ufeff{"model":"a"}');
  assert.deepEqual(models(body), [{ start: 12, end: 15 }]);
  assert.deepEqual(renamedAt(body, models(body), "b"), bytes('\ufeff{"model":"b"}'));
});

Deno.test("F110: half a byte order mark, two of them, and nothing after one are malformed", () => {
  const rows: readonly (readonly [Uint8Array, number])[] = [
    [concat([0xef, 0xbb], "{}"), 0],
    [concat([0xef, 0xbb, 0xbf], [0xef, 0xbb, 0xbf], "{}"), 3],
    [concat([0xef, 0xbb, 0xbf]), 3],
    [concat(" ", [0xef, 0xbb, 0xbf], "{}"), 1],
  ];
  for (const [body, offset] of rows) {
    assert.deepEqual(scanTopLevel(body, new WantedKeys(["model"])), { kind: "malformed", offset });
  }
});

Deno.test("F111: invalid UTF-8, overlong forms, surrogates and NUL in strings keep their bytes", () => {
  const insides = [[0xff, 0xfe], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x00], [
    0xf4,
    0x90,
    0x80,
    0x80,
  ]];
  for (const inside of insides) {
    const body = concat('{"', inside, '":"', inside, '","model":"a"}');
    const expected = concat('{"', inside, '":"', inside, '","model":"b"}');
    assert.deepEqual(renamedAt(body, models(body), "b"), expected);
  }
});

Deno.test("F114: UTF-16 and UTF-32 are malformed, with a byte order mark or without", () => {
  const text = '{"model":"a"}';
  for (const unitBytes of [2, 4]) {
    for (const littleEndian of [true, false]) {
      for (const marked of ["", "\ufeff"]) {
        const body = encoded(marked + text, { unitBytes, littleEndian });
        assert.equal(scanTopLevel(body, new WantedKeys(["model"])).kind, "malformed");
      }
    }
  }
});

function encoded(
  text: string,
  { unitBytes, littleEndian }: { readonly unitBytes: number; readonly littleEndian: boolean },
): Uint8Array {
  const units = text.split("").map((unit) => {
    const padded = [...Array<number>(unitBytes - 2).fill(0), unit.charCodeAt(0) >> 8];
    const bigEndian = [...padded, unit.charCodeAt(0) & 0xff];
    return littleEndian ? bigEndian.reverse() : bigEndian;
  });
  return Uint8Array.from(units.flat());
}

Deno.test("F115: a body cut short at any byte is malformed there", () => {
  const text = '{"a":[1.5e3,{"b":null},"\\"é"],"stream" : true,"model":"x"}';
  const whole = bytes(`${text} \n`);
  for (let length = 0; length < bytes(text).length; length++) {
    const found = scanTopLevel(whole.subarray(0, length), new WantedKeys(["model"]));
    assert.deepEqual(found, { kind: "malformed", offset: length });
  }
  for (let length = bytes(text).length; length <= whole.length; length++) {
    assert.equal(scanTopLevel(whole.subarray(0, length), new WantedKeys(["model"])).kind, "object");
  }
});

Deno.test("F115: two documents, lines of JSON and trailing garbage are malformed after the first", () => {
  for (const rest of ['{"model":"b"}', ',{"model":"b"}', "x", "]", "}", "\0", "/* */", "null"]) {
    for (const gap of ["", "\n", "\r\n "]) {
      const found = scan(`{"model":"a"}${gap}${rest}`, "model");
      assert.deepEqual(found, { kind: "malformed", offset: 13 + gap.length });
    }
  }
});

Deno.test("F116: a model after ten megabytes of content is found", () => {
  const content = JSON.stringify({ content: 'A "line"\n'.repeat(1000) });
  const messages = Array<string>(1000).fill(content).join(",");
  const body = bytes(`{"messages":[${messages}],"model":"a"}`);
  assert.ok(body.length > 10_000_000);
  assert.deepEqual(models(body), [{ start: body.length - 4, end: body.length - 1 }]);
});
