import assert from "node:assert/strict";
import fc from "fast-check";
import { urlValues } from "../../lib/wire/url_values.ts";

function values(text: string, start = 0): (string | undefined)[] {
  return urlValues(text, start, ["model"]).map(({ value }) => value);
}

Deno.test("urlValues() reads names and values as browsers do", () => {
  const cases = [
    ["model=a", ["a"]],
    ["x=1&model=a&y", ["a"]],
    ["model=a&model=b", ["a", "b"]],
    ["m%6fdel=a%2Fb", ["a/b"]],
    ["%6D%6F%64%65%6C=a", ["a"]],
    ["model=a+b%2B", ["a b+"]],
    ["model=50%&model=%zz", ["50%", "%zz"]],
    ["model=a=b#c?d", ["a=b#c?d"]],
    ["model=", [""]],
    ["&&model=a&", ["a"]],
    ["model=%C3%A9\xc3\xa9", ["éé"]],
    ["model", []],
    ["Model=a&models=a&mode=a&xmodel=a&?model=a&=model&model%20=a", []],
    ["", []],
  ] as const;
  for (const [text, expected] of cases) assert.deepEqual(values(text), expected, text);
});

Deno.test("urlValues() gives the place of the value alone", () => {
  const text = "/v1/realtime?a=1&model=gpt%2Dx&b=2";
  const [{ span } = assert.fail()] = urlValues(text, text.indexOf("?") + 1, ["model"]);
  assert.equal(text.slice(span.start, span.end), "gpt%2Dx");
});

Deno.test("urlValues() agrees with URLSearchParams on any text", () => {
  const unit = fc.constantFrom(..."model=&+%2Fé?#;".split(""), "model=", "%6d");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 20 }), (text) => {
      const bytes = String.fromCharCode(...new TextEncoder().encode(text));
      // A parameter without a = is none of ours, and says as little as one without a value.
      const said = (all: readonly (string | undefined)[]) => all.filter((value) => value !== "");
      assert.deepEqual(
        said(values(bytes)),
        said(new URLSearchParams(`&${text}`).getAll("model")),
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("urlValues() takes time in proportion to the text", () => {
  const startedMs = performance.now();
  for (const unit of ["&", "a", "=", "%", "m=&"]) {
    assert.deepEqual(values(unit.repeat(2_000_000)), []);
  }
  assert.ok(performance.now() - startedMs < 10_000);
});
