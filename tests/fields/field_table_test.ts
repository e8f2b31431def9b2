import assert from "node:assert/strict";
import fc from "fast-check";
import { FieldTable } from "../../lib/fields/field_table.ts";

const NAMES = ["host", "te", "x-api-key", "content-length"] as const;

Deno.test("FieldTable finds its names in whatever case, and no other", () => {
  const table = new FieldTable(NAMES.map((name) => [name, name] as const));
  assert.equal(table.get("Host"), "host");
  assert.equal(table.get("X-API-KEY"), "x-api-key");
  assert.equal(table.get("hose"), undefined);
  assert.equal(table.get("hos"), undefined);
  assert.equal(table.get(""), undefined);
  assert.equal(table.get("X-Api_Key"), undefined);
});

Deno.test("FieldTable says the same as a comparison of names in lower case", () => {
  const name = fc.oneof(fc.string({ unit: "binary" }), fc.mixedCase(fc.constantFrom(...NAMES)));
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z][a-z-]*$/)), name, (known, asked) => {
      const names = [...NAMES, ...known];
      const table = new FieldTable(names.map((each) => [each, true] as const));
      assert.equal(table.get(asked) ?? false, names.includes(asked.toLowerCase()));
    }),
  );
});
