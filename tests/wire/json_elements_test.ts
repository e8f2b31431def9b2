import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonElements } from "../../lib/wire/json_elements.ts";
import { encoder, singly } from "./sse_oracle.ts";

const ARRAY =
  `\ufeff [{"a":"]},{\\"\\\\","b":[[1],{"c":"\\\\"}]}\n,\r\n {"é模😀":{}}, [ ] ,"x,]\\"",12 , true]\n`;
const ELEMENTS = [
  `{"a":"]},{\\"\\\\","b":[[1],{"c":"\\\\"}]}`,
  `{"é模😀":{}}`,
  "[ ]",
  `"x,]\\""`,
  "12",
  "true",
];

function readerAfter(text: string, maxEventBytes = 1 << 20): JsonElements {
  const reader = new JsonElements({ maxEventBytes });
  reader.push(encoder.encode(text));
  return reader;
}

function elementsOf(...chunks: Uint8Array[]): string[] {
  const reader = new JsonElements({ maxEventBytes: 1 << 20 });
  return chunks.flatMap((chunk) => reader.push(chunk)).map(({ data }) => data);
}

Deno.test("JsonElements gives each element of the array as an event without a name", () => {
  const reader = new JsonElements({ maxEventBytes: 100 });
  assert.deepEqual(
    reader.push(encoder.encode(ARRAY)),
    ELEMENTS.map((data) => ({ type: "", data, truncated: false })),
  );
  assert.equal(reader.isClosed, true);
});

Deno.test("JsonElements gives the same wherever the array is split", () => {
  const bytes = encoder.encode(ARRAY);
  assert.deepEqual(elementsOf(...singly(bytes)), ELEMENTS);
  for (let i = 0; i <= bytes.length; i++) {
    assert.deepEqual(elementsOf(bytes.subarray(0, i), bytes.subarray(i)), ELEMENTS, `at ${i}`);
  }
});

Deno.test("JsonElements gives the elements of any array, however it is spaced and split", () => {
  const space = fc.constantFrom<string | number>("", 1, 2, "\t");
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), space, fc.nat(300), (values, indent, at) => {
      const bytes = encoder.encode(JSON.stringify(values, null, indent));
      const elements = elementsOf(bytes.subarray(0, at), bytes.subarray(at));
      assert.deepEqual(
        elements.map((each) => JSON.parse(each)),
        JSON.parse(JSON.stringify(values)),
      );
    }),
    { numRuns: 1000 },
  );
});

Deno.test("push() gives an object with its closing brace, before any comma", () => {
  const reader = readerAfter(`[{"a":1`);
  assert.deepEqual(reader.push(encoder.encode("}")).map(({ data }) => data), [`{"a":1}`]);
});

Deno.test("isClosed once the array's own bracket has come", () => {
  for (const text of ["", "[", "[{}", "[{},", `["]`, "[[]"]) {
    assert.equal(readerAfter(text).isClosed, false, text);
  }
  for (const text of ["[]", "[{}]", "[ ] \n", "[1]"]) {
    assert.equal(readerAfter(text).isClosed, true, text);
  }
});

Deno.test("rest() is the element that has not ended", () => {
  for (const text of ["", "[", "[{}", "[{},", "[{}]", "[1]"]) {
    assert.equal(readerAfter(text).rest(), undefined, text);
  }
  for (const [text, data] of [[`[{"a"`, `{"a"`], [`[{},\n["`, `["`], ["[12", "12"]] as const) {
    assert.deepEqual(readerAfter(text).rest(), { type: "", data, truncated: false });
  }
});

Deno.test("atBoundary between elements only", () => {
  for (const text of ["", "[", "[{}", "[{},\n"]) assert.equal(readerAfter(text).atBoundary, true);
  for (const text of ["[{", `["`, "[1", "[{}]"]) assert.equal(readerAfter(text).atBoundary, false);
});

Deno.test("pendingBytes counts what is kept of the element that has not ended", () => {
  assert.equal(readerAfter(`[{}, {"a"`).pendingBytes, 4);
  assert.equal(readerAfter("[{},  ").pendingBytes, 0);
});

Deno.test("JsonElements takes a document that is no array for its only element", () => {
  const text = `\n{"error": {"code": 503}}\n`;
  assert.deepEqual(elementsOf(encoder.encode(text)), [text.trim()]);
  assert.equal(readerAfter(text).isClosed, true);
  assert.equal(readerAfter(`{"error"`).isClosed, false);
  for (const text of ["]", "}", ",", "<html>"]) {
    assert.deepEqual(elementsOf(encoder.encode(`${text} \n`)), [text]);
  }
});

Deno.test("JsonElements keeps only the start of an element that is too large", () => {
  const bytes = encoder.encode(`["模模模",{"b":1},3]`);
  for (const chunks of [[bytes], singly(bytes)]) {
    const reader = new JsonElements({ maxEventBytes: 8 });
    assert.deepEqual(chunks.flatMap((chunk) => reader.push(chunk)), [
      { type: "", data: '"模模', truncated: true },
      { type: "", data: '{"b":1}', truncated: false },
      { type: "", data: "3", truncated: false },
    ]);
  }
});

Deno.test("JsonElements keeps no more of an element without end than the largest", () => {
  const reader = readerAfter(`["`, 1000);
  const chunk = new Uint8Array(4096).fill(0x61);
  for (let i = 0; i < 100; i++) assert.deepEqual(reader.push(chunk), []);
  assert.equal(reader.pendingBytes, 1000);
  assert.equal(reader.rest()?.truncated, true);
});
