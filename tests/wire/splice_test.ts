import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { stringAt } from "../../lib/wire/json_string.ts";
import { inOnePiece, splice, spliceStart } from "../../lib/wire/splice.ts";
import { atOnce } from "../../lib/wire/turns.ts";
import { type Body, body, textOf } from "./json_arbitrary.ts";
import { bytes, models, renamedAt } from "./json_bodies.ts";

function text(body: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
}

/** The body with its models renamed, as outgoing() does. */
function renamed(body: string, model: string): string {
  return text(renamedAt(bytes(body), models(bytes(body)), model));
}

function parsed(json: string): Record<string, unknown> {
  return JSON.parse(json.replace(/^\ufeff/, ""));
}

const name = fc.oneof(fc.string(), fc.string({ unit: "binary" }));

Deno.test("splice() replaces a value and keeps every other byte", () => {
  const body = '\ufeff\r\n{ "n":12345678901234567890, "model" :\t"a" ,"x":1.0e+5,"y":-0 }\n';
  assert.equal(renamed(body, "provider-b/large"), body.replace('"a"', '"provider-b/large"'));
});

Deno.test("splice() replaces a value that is not a string", () => {
  assert.equal(renamed('{"model":{"model":1},"a":2}', "b"), '{"model":"b","a":2}');
});

Deno.test("splice() gives a copy when there is nothing to replace", () => {
  const body = bytes('{"a":1}');
  const spliced = splice(body, []);
  assert.deepEqual(spliced, body);
  assert.notEqual(spliced.buffer, body.buffer);
});

Deno.test("splice() leaves the body it is given as it was", () => {
  const body = bytes('{"model":"a","model":"b"}');
  const before = body.slice();
  renamedAt(body, models(body), "longer than before");
  assert.deepEqual(body, before);
});

Deno.test("splice() takes an array of exactly the size, so that nothing else rides along", () => {
  for (const model of ["", "b", "a much longer name than before"]) {
    const spliced = renamedAt(bytes('{"model":"abc"}'), [{ start: 9, end: 14 }], model);
    assert.equal(spliced.buffer.byteLength, '{"model":""}'.length + model.length);
  }
});

Deno.test("splice() reads a body that is a window of a larger buffer", () => {
  const large = bytes('##{"model":"a"}##');
  const body = large.subarray(2, -2);
  assert.equal(text(renamedAt(body, models(body), "b")), '{"model":"b"}');
});

Deno.test("splice() refuses spans that are out of order", () => {
  const spans = [{ start: 22, end: 25 }, { start: 9, end: 12 }];
  const edits = spans.map((span) => ({ span, bytes: bytes('"c"') }));
  assert.throws(() => splice(bytes('{"model":"a","model":"b"}'), edits), RangeError);
});

Deno.test("bodyNaming() gives the body itself where there is nothing to replace", () => {
  const body = bytes('{"a":1}');
  assert.equal(renamedAt(body, [], "b"), body);
});

Deno.test("F113: splice() escapes a name as JSON does", () => {
  const names = ['say "hi"', "back\\slash", "line\nfeed\0", "😀", "\u2028", "\ud800", "模型", ""];
  for (const model of names) {
    assert.equal(renamed('{"model":"a"}', model), `{"model":${JSON.stringify(model)}}`);
  }
});

Deno.test("F113: splice() writes a lone surrogate as an escape, never as invalid UTF-8", () => {
  assert.equal(renamed('{"model":"a"}', "\ud800"), '{"model":"\\ud800"}');
});

Deno.test("F105: splice() replaces every duplicate", () => {
  const body = '{"model":"a","x":{"model":"a"},"\\u006dodel":null,"model":"b"}';
  const expected = '{"model":"c","x":{"model":"a"},"\\u006dodel":"c","model":"c"}';
  assert.equal(renamed(body, "c"), expected);
});

Deno.test("F112: splice() changes exactly the models of any object", () => {
  fc.assert(fc.property(body, name, (body: Body, model) => {
    assert.equal(renamed(textOf(body), model), textOf(body, model));
  }));
});

Deno.test("spliceStart() gives the bytes that splice() gives, and a tail only where it is long", () => {
  const spaces = fc.constantFrom(0, 10, 64 * 1024, 300_000);
  fc.assert(fc.property(body, name, spaces, (source: Body, model, space) => {
    const given = bytes(textOf(source) + " ".repeat(space));
    const edits = models(given).map((span) => ({ span, bytes: bytes(JSON.stringify(model)) }));
    const spliced = atOnce(spliceStart(given, edits));
    assert.equal(spliced.length, inOnePiece(spliced).length);
    assert.ok(Buffer.from(inOnePiece(spliced)).equals(splice(given, edits)));
    assert.equal("tail" in spliced, given.length - (edits.at(-1)?.span.end ?? 0) > 64 * 1024);
  }));
});

Deno.test("splice() gives a body that JSON.parse reads as the same but for the model", () => {
  fc.assert(fc.property(body, name, (body: Body, model) => {
    const before = parsed(textOf(body));
    const after = parsed(renamed(textOf(body), model));
    assert.deepEqual(after, Object.hasOwn(before, "model") ? { ...before, model } : before);
  }));
});

Deno.test("splice() and stringAt() agree on the name", () => {
  fc.assert(fc.property(body, name, (body: Body, model) => {
    const source = bytes(textOf(body));
    const spliced = renamedAt(source, models(source), model);
    for (const span of models(spliced)) assert.equal(stringAt(spliced, span), model);
    assert.equal(models(spliced).length, models(source).length);
  }));
});
