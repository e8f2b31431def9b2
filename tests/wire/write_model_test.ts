import assert from "node:assert/strict";
import fc from "fast-check";
import type { ModelPlace } from "../../lib/wire/model_place.ts";
import { bodyNaming, targetNaming, whyUnwritable } from "../../lib/wire/write_model.ts";
import { openai } from "../../lib/dialect/openai.ts";
import { bodyReadingOf } from "../../lib/wire/body_reading.ts";
import { BOUNDARY, bytesOf, file, form, head, modelsIn } from "./forms.ts";
import { body as generated, textOf } from "./json_arbitrary.ts";

const MULTIPART = `multipart/form-data; boundary=${BOUNDARY}`;

function modelsOf(body: Uint8Array, contentType: string): readonly ModelPlace[] {
  return bodyReadingOf(body, { contentType, dialect: openai, namedByPath: false }).models;
}

/** A body of one character a byte with its models renamed. */
function renamed(text: string, contentType: string, model: string): string {
  const body = bytesOf(text);
  return latin1(bodyNaming(body, modelsOf(body, contentType), model));
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

function utf8(text: string): string {
  return latin1(new TextEncoder().encode(text));
}

Deno.test("bodyNaming() changes the content of a form's model, and no other byte", () => {
  const template = (model: string) =>
    `preamble\r\n${
      form(file("file", "\r\n\xff\0"), head("model") + model, head("model") + model)
    }end`;
  assert.equal(renamed(template("a"), MULTIPART, "größe"), template(utf8("größe")));
});

Deno.test("bodyNaming() puts a part's own length right", () => {
  const template = (model: string, length: number) =>
    form(head("model", `Content-Length: ${length}`, "X: y") + model, head("a") + "b");
  assert.equal(renamed(template("a", 1), MULTIPART, "größe"), template(utf8("größe"), 7));
});

Deno.test("bodyNaming() percent-encodes a model in a form that is like a query", () => {
  const type = "application/x-www-form-urlencoded";
  assert.equal(
    renamed("a=%20&model=x&b", type, "a&b=c d+é"),
    "a=%20&model=a%26b%3Dc%20d%2B%C3%A9&b",
  );
});

Deno.test("bodyNaming() reads JSON under a form's Content-Type as JSON", () => {
  for (const type of ["application/x-www-form-urlencoded", MULTIPART]) {
    for (const before of ["", "\n ", "\xef\xbb\xbf"]) {
      const template = (model: string) => `${before}{"model":"${model}","b":"&c"}`;
      assert.equal(renamed(template("a"), type, "x"), template("x"));
    }
  }
});

/** Any form: contents without its boundary, names that are and are not the model's. */
const part = fc.record({
  isModel: fc.boolean(),
  content: fc.string({ unit: fc.constantFrom("\r", "\n", "-", "x", "\0", "\xe9", "--form") }),
});

Deno.test("bodyNaming() changes exactly the models of any form", () => {
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.string({ unit: "grapheme" }),
      (parts, model) => {
        const text = (renaming: boolean) =>
          form(...parts.map(({ isModel, content }) => {
            return head(isModel ? "model" : "x") + (renaming && isModel ? utf8(model) : content);
          }));
        assert.equal(renamed(text(false), MULTIPART, model), text(true));
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("bodyNaming() changes exactly the models of any JSON", () => {
  fc.assert(fc.property(generated, fc.string({ unit: "grapheme" }), (body, model) => {
    const found = renamed(utf8(textOf(body)), "application/json", model);
    assert.equal(found, utf8(textOf(body, model)));
  }));
});

const path = { kind: "path", name: "a", span: { start: 3, end: 4 }, elsewhere: "same" } as const;
const query = { kind: "query", name: "a", span: { start: 7, end: 8 } } as const;

Deno.test("targetNaming() writes into path and query what stays within its place", () => {
  const target = "/m/a?m=a&b#c";
  const places = [{ ...path, slash: "stays" }, query] as const;
  assert.equal(targetNaming(target, places, "x"), "/m/x?m=x&b#c");
  const odd = "a/b ?#&+%é";
  const encoded = "%20%3F%23%26%2B%25%C3%A9";
  assert.equal(targetNaming(target, places, odd), `/m/a/b${encoded}?m=a%2Fb${encoded}&b#c`);
  const azure = [{ ...path, slash: "encoded" }] as const;
  assert.equal(targetNaming(target, azure, odd), `/m/a%2Fb${encoded}?m=a&b#c`);
  assert.equal(targetNaming(target, azure, "\ud800"), "/m/%EF%BF%BD?m=a&b#c");
});

Deno.test("targetNaming() keeps a target without places", () => {
  assert.equal(targetNaming("/a?b#c", [], "x"), "/a?b#c");
});

Deno.test("whyUnwritable() tells a model that would lead elsewhere in a path", () => {
  const stays = [{ ...path, slash: "stays" }] as const;
  const encoded = [{ ...path, slash: "encoded" }] as const;
  for (const model of ["..", ".", "a/../b", "../a", "a/.", "./a"]) {
    assert.match(whyUnwritable(stays, model) ?? "", /lead elsewhere/, model);
  }
  for (const model of ["..", "."]) assert.notEqual(whyUnwritable(encoded, model), undefined, model);
  for (const model of ["a/b", "a..b", "...", "a", "gpt-4.1"]) {
    assert.equal(whyUnwritable(stays, model) ?? whyUnwritable(encoded, model), undefined, model);
  }
  assert.equal(whyUnwritable(encoded, "a/../b"), undefined);
});

Deno.test("whyUnwritable() tells a model that would end its part of a form", () => {
  const text = form(head("model") + "a");
  const places = modelsOf(bytesOf(text), MULTIPART);
  const breaking = ["a\r\nb", "a\nb", "a\rb", "a\0b", `--${BOUNDARY}`, `a--${BOUNDARY}--`];
  for (const model of breaking) assert.match(whyUnwritable(places, model) ?? "", /form/, model);
  for (const model of ["a", "--", BOUNDARY, `-${BOUNDARY}`, "größe/a b"]) {
    assert.equal(whyUnwritable(places, model), undefined, model);
    assert.deepEqual(modelsIn(renamed(text, MULTIPART, model)), [utf8(model)]);
  }
});
