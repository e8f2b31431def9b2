import assert from "node:assert/strict";
import fc from "fast-check";
import { BOUNDARY, faultIn, fieldsIn, file, form, formScan, head, modelsIn } from "./forms.ts";

const MODEL = head("model") + "whisper";

Deno.test("formInSteps() finds a field among others", () => {
  assert.deepEqual(modelsIn(form(file("file", "RIFF\r\n\0\xff"), MODEL, head("n") + "1")), [
    "whisper",
  ]);
});

Deno.test("formInSteps() finds every field of a name, in order (F105)", () => {
  assert.deepEqual(modelsIn(form(MODEL, head("a") + "x", head("model") + "second")), [
    "whisper",
    "second",
  ]);
});

Deno.test("formInSteps() tells fields of several names apart", () => {
  const text = form(head("stream") + "true", MODEL);
  const fields = fieldsIn(text, ["model", "stream"]);
  assert.deepEqual(fields.map(({ name }) => name), ["stream", "model"]);
});

const DISPOSITIONS = [
  `Content-Disposition: form-data; name="model"`,
  `content-disposition:form-data;name=model`,
  `CONTENT-DISPOSITION: form-data; NAME="model"`,
  `Content-Disposition: form-data; name = "model" ; x=y`,
  `Content-Disposition: form-data; x="a; name=other"; name="model"`,
  String.raw`Content-Disposition: form-data; name="mo\del"`,
  `Content-Disposition: form-data; name="%6dodel"`,
  `Content-Disposition: form-data; name*=utf-8''model`,
  `Content-Disposition: form-data;\r\n name="model"`,
  `Content-Type: text/plain\r\nContent-Disposition: form-data; name="model"`,
  `Content-Disposition: form-data; name="other"; name="model"`,
  `Content-Disposition: form-data; name="model"; filename=""`,
];
for (const disposition of DISPOSITIONS) {
  Deno.test(`formInSteps() takes for a model what any reader would: ${JSON.stringify(disposition)}`, () => {
    assert.deepEqual(modelsIn(form(`${disposition}\r\n\r\nwhisper`)), ["whisper"]);
  });
}

const OTHERS = [
  `Content-Disposition: form-data; name="Model"`,
  `Content-Disposition: form-data; name="model "`,
  `Content-Disposition: form-data; name="model[]"`,
  `Content-Disposition: form-data; name="x"; y="model"`,
  `Content-Disposition: form-data; name="x; name=model"`,
  `Content-Disposition: form-data; name="model"; filename="model.bin"`,
  `Content-Disposition: form-data; filename="model.bin"; name="model"`,
  `X-Name: name="model"`,
  `Content-Type: text/plain; name="model"`,
];
for (const disposition of OTHERS) {
  Deno.test(`formInSteps() takes for no model: ${disposition}`, () => {
    assert.deepEqual(modelsIn(form(`${disposition}\r\n\r\nwhisper`)), []);
  });
}

Deno.test("formInSteps() passes over what stands before the first boundary and after the last", () => {
  const preamble = `This is\r\nname="model"\r\n\r\nno model --${BOUNDARY}\r\n`;
  assert.deepEqual(modelsIn(`${preamble}${form(MODEL)}the end\r\n`), ["whisper"]);
});

Deno.test("formInSteps() knows a boundary followed by white space, and no longer one", () => {
  const spaced = form(MODEL).replace(`--${BOUNDARY}\r\n`, `--${BOUNDARY} \t\r\n`);
  assert.deepEqual(modelsIn(spaced), ["whisper"]);
  const longer = form(head("a") + `\r\n--${BOUNDARY}x\r\n${MODEL}`);
  assert.deepEqual(modelsIn(longer), []);
});

Deno.test("formInSteps() knows a boundary only at the start of a line", () => {
  assert.deepEqual(modelsIn(form(`${head("a")}x--${BOUNDARY}\r\n${MODEL}`)), []);
  assert.deepEqual(modelsIn(form(`${head("model")}a--${BOUNDARY}b`)), [`a--${BOUNDARY}b`]);
});

Deno.test("formInSteps() keeps line ends and dashes that are content", () => {
  for (
    const content of ["", "\r\n", "a\r\n\r\n", "\n\n", "--", "\r\n--", `\r\n-${BOUNDARY}`, "\r"]
  ) {
    assert.deepEqual(modelsIn(form(head("model") + content)), [content], JSON.stringify(content));
  }
});

Deno.test("formInSteps() reads a form whose lines end in LF", () => {
  assert.deepEqual(modelsIn(form(MODEL, head("a") + "x").replaceAll("\r\n", "\n")), ["whisper"]);
});

Deno.test("formInSteps() reads a form without its last boundary to the end", () => {
  const text = form(head("a") + "x", MODEL);
  for (const missing of [`\r\n--${BOUNDARY}--\r\n`, "--\r\n"]) {
    const cut = text.slice(0, -missing.length);
    assert.equal(modelsIn(cut).length, 1, missing);
  }
  assert.deepEqual(modelsIn(text.slice(0, -`\r\n--${BOUNDARY}--\r\n`.length)), ["whisper"]);
});

Deno.test("formInSteps() finds nothing in a part without an end of its head", () => {
  const disposition = `Content-Disposition: form-data; name="model"`;
  for (const part of ["", disposition, `${disposition}\r\n`, "\r\n"]) {
    assert.deepEqual(modelsIn(form(part)), [], JSON.stringify(part));
  }
  assert.deepEqual(modelsIn(`--${BOUNDARY}\r\n${disposition}`), []);
});

Deno.test("formInSteps() finds nothing in what is no form", () => {
  for (const text of ["", "x", "--", `--${BOUNDARY}`, `--${BOUNDARY}--`, "{}", "\r\n\r\n"]) {
    assert.deepEqual(modelsIn(text), [], JSON.stringify(text));
  }
});

Deno.test("formInSteps() gives the digits of a part's own length", () => {
  const text = form(head("model", "Content-Length: 7") + "whisper");
  const [{ length } = assert.fail()] = fieldsIn(text);
  assert.equal(text.slice(length?.start, length?.end), "7");
});

Deno.test("formInSteps() refuses a model under a transfer encoding, and no other part", () => {
  const encoded = (name: string, how: string) => {
    return form(head(name, `Content-Transfer-Encoding: ${how}`) + "d2hpc3Blcg==", MODEL);
  };
  for (const how of ["base64", "quoted-printable", "x-other"]) {
    assert.match(faultIn(encoded("model", how)), /Content-Transfer-Encoding/);
    assert.deepEqual(modelsIn(encoded("file", how)), ["whisper"]);
  }
  for (const how of ["7bit", "8bit", "BINARY"]) {
    assert.equal(modelsIn(encoded("model", how)).length, 2);
  }
});

Deno.test("formInSteps() refuses what some readers would take for more parts than others", () => {
  assert.match(faultIn(form(MODEL) + form(MODEL)), /follows the closing boundary/);
  const mixed = form(head("file") + `audio\n--${BOUNDARY}\r\n${MODEL}`);
  assert.match(faultIn(mixed), /ends otherwise/);
});

Deno.test("formInSteps() refuses thousands of parts, and a head without an end", () => {
  assert.match(faultIn(form(...Array<string>(2100).fill(MODEL))), /2000 parts/);
  const endless = "X: y\r\n".repeat(10_000);
  assert.match(faultIn(form(endless + MODEL)), /too long/);
});

Deno.test("formInSteps() takes time in proportion to a form, whatever is in it", () => {
  const size = 8 * 1024 * 1024;
  const contents = [
    "\n",
    "-",
    `\n--${BOUNDARY.slice(0, -1)}`,
    "\r\n--",
    `\r\n--${BOUNDARY}x`,
    "\0",
  ];
  for (const content of contents) {
    const large = form(file("file", content.repeat(size / content.length)), MODEL);
    const startedMs = performance.now();
    assert.deepEqual(modelsIn(large), ["whisper"]);
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < 3000, `${JSON.stringify(content)}: ${tookMs} ms`);
  }
});

/** Contents that look like structure, and heads of any kind. */
const piece = fc.constantFrom(
  ...[
    "\r\n",
    "\n",
    "\r",
    "--",
    BOUNDARY,
    `--${BOUNDARY}`,
    "model",
    `name="model"`,
    "x",
    "\0",
    "\xff",
  ],
  ...["Content-Disposition: form-data; ", ":", ";", '"', "\\", " ", "\r\n\r\n"],
);
const soup = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));

Deno.test("formInSteps() never throws, and its fields are apart, in order and within the body", () => {
  fc.assert(
    fc.property(soup, (text) => {
      const scan = formScan(text);
      if (scan.kind === "malformed") return assert.ok(scan.detail !== "");
      let from = 0;
      for (const { value, length } of scan.fields) {
        const spans = length === undefined ? [value] : [length, value];
        for (const { start, end } of spans) {
          assert.ok(from <= start && start <= end && end <= text.length);
          from = end;
        }
      }
    }),
    { numRuns: 3000 },
  );
});

/** Without a line that is a boundary. */
const content = soup.filter((text) => !text.includes(`--${BOUNDARY}`));

Deno.test("formInSteps() finds exactly the models of any form", () => {
  const part = fc.record({ isModel: fc.boolean(), content });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const text = form(
        ...parts.map(({ isModel, content }) => head(isModel ? "model" : "other") + content),
      );
      const expected = parts.filter(({ isModel }) => isModel).map(({ content }) => content);
      assert.deepEqual(modelsIn(text), expected);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("formInSteps() finds the model under any boundary that RFC 2046 allows", () => {
  const allowed = "'()+_,-./:=? abcXYZ09".split("");
  const boundary = fc.string({ unit: fc.constantFrom(...allowed), minLength: 1, maxLength: 70 })
    .filter((text) => !text.endsWith(" "));
  fc.assert(fc.property(boundary, (boundary) => {
    assert.deepEqual(modelsIn(form(MODEL).replaceAll(BOUNDARY, boundary), boundary), ["whisper"]);
  }));
});
