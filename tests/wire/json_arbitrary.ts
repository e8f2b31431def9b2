import fc from "fast-check";

/** A generated body, and which parts of its text are values of a top-level `model`. */
export interface Body {
  readonly parts: readonly Part[];
}

export interface Part {
  readonly text: string;
  readonly isModel: boolean;
}

/** The body's text; with `model` given, what replacing exactly the models must make of it. */
export function textOf(body: Body, model?: string): string {
  return body.parts
    .map((part) => part.isModel && model !== undefined ? JSON.stringify(model) : part.text)
    .join("");
}

const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\r", "\t"), maxLength: 2 });

const number = fc.constantFrom(
  ...["0", "-0", "1.0", "-12.50", "1E400", "-1e-400", "6.02e+23", "12345678901234567890123"],
);

const literal = fc.constantFrom("true", "false", "null");

/** Each character as itself or as an escape: `model`, `\u006dodel`, `m\u006Fdel`, … */
function spelling(name: string): fc.Arbitrary<string> {
  const units = name.split("").map((unit) => {
    const hex = unit.charCodeAt(0).toString(16).padStart(4, "0");
    const plain = JSON.stringify(unit).slice(1, -1);
    return fc.constantFrom(plain, plain, plain, `\\u${hex}`, `\\u${hex.toUpperCase()}`);
  });
  return fc.tuple(...units).map((spelt) => `"${spelt.join("")}"`);
}

const string = fc.oneof(
  fc.string({ unit: "binary" }).chain(spelling),
  fc.string({ unit: fc.constantFrom('"', "\\", "/", "a", ":", "{", "模") }).map((s) =>
    JSON.stringify(s)
  ),
  fc.constantFrom('"model"', '"{\\"model\\":\\"x\\"}"', '"\\\\"', '"\\/\\b\\f"'),
);

const otherKey = fc.oneof(
  fc.constantFrom("MODEL", "model ", " model", "mode", "models", "__proto__", "stream", "")
    .chain(spelling),
  string.filter((key) => JSON.parse(key) !== "model"),
);

const anyKey = fc.oneof(spelling("model"), otherKey);

const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(number, literal, string),
    listOf(tie("value")).map((list) => `[${list}]`),
    listOf(
      fc.tuple(anyKey, space, space, tie("value")).map(([key, a, b, v]) => `${key}${a}:${b}${v}`),
    ).map((list) => `{${list}}`),
  ),
}));

function listOf(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const spaced = fc.tuple(space, item, space).map((texts) => texts.join(""));
  return fc.oneof(
    space,
    fc.array(spaced, { minLength: 1, maxLength: 4 }).map((items) => items.join(",")),
  );
}

const member = fc.oneof(
  fc.record({ key: spelling("model"), isModel: fc.constant(true), value }),
  fc.record({ key: spelling("model"), isModel: fc.constant(true), value: string }),
  fc.record({ key: otherKey, isModel: fc.constant(false), value }),
  fc.record({ key: otherKey, isModel: fc.constant(false), value }),
).chain(({ key, isModel, value }) =>
  fc.tuple(space, space, space, space).map(([a, b, c, d]): readonly Part[] => [
    { text: `${a}${key}${b}:${c}`, isModel: false },
    { text: value, isModel },
    { text: d, isModel: false },
  ])
);

const mark = fc.constantFrom("", "", "\ufeff");

/** Objects with any number of models, nested ones beside them, and odd whitespace everywhere. */
export const body: fc.Arbitrary<Body> = fc.tuple(mark, space, fc.array(member), space).map(
  ([mark, before, members, after]) => ({
    parts: [
      { text: `${mark}${before}{`, isModel: false },
      ...members.flatMap((parts, i) => i === 0 ? parts : [{ text: ",", isModel: false }, ...parts]),
      { text: `}${after}`, isModel: false },
    ],
  }),
);

/** Pieces of JSON in any order: sometimes JSON, mostly nearly. */
export const soup: fc.Arbitrary<string> = fc.array(
  fc.constantFrom(
    ...["{", "}", "[", "]", ",", ":", '"', '""', '"model"', "\\", " ", "\n", "\u00a0", "\ufeff"],
    ...["0", "1", "-", "+", ".", "e", "E", "true", "false", "null", "t", "a", "\0"],
    ...['{"a":', '{"a":[', "[[", "]]", "1,"],
  ),
  { maxLength: 12 },
).map((pieces) => pieces.join(""));
