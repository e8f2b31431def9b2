/** For any part of the documented examples: what is written loads, and what is not carried over is named. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatPath, type Path } from "../../lib/config/problem.ts";
import { convert } from "../../lib/import/convert.ts";
import { kindOfPath } from "../../lib/import/notes.ts";
import { parseSource } from "../../lib/import/parse_source.ts";
import type { SourceNode } from "../../lib/import/source_node.ts";
import { fixture, imported } from "./imported.ts";

const FIXTURES = [
  "litellm.yaml",
  "claude-code-router.json",
  "new-api.json",
  "one-api.json",
  "cliproxyapi.yaml",
] as const;

const FROM = ["litellm", "ccr", "new-api", "one-api", "cliproxyapi"] as const;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

function plain(node: SourceNode): Json {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries([...node.members].map(([name, inside]) => [name, plain(inside)]));
}

async function documented(name: string): Promise<Json> {
  const parsed = parseSource(await fixture(name), name);
  assert.ok(parsed.ok);
  return plain(parsed.node);
}

const STRANGE: readonly Json[] = [
  null,
  "",
  "x",
  -1,
  1e9,
  0.5,
  true,
  [],
  {},
  [[]],
  ["a", 1],
  { a: { b: [] } },
  "${X}",
  "$X",
  "*",
];

/** Some members and items left out, some replaced by what does not belong there. */
function changed(value: Json, dice: () => number): Json {
  if (dice() < 3) return STRANGE[dice() % STRANGE.length] ?? null;
  if (Array.isArray(value)) {
    return value.filter(() => dice() > 8).map((item) => changed(item, dice));
  }
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(() => dice() > 5);
  return Object.fromEntries(kept.map(([name, inside]) => [name, changed(inside, dice)]));
}

FIXTURES.forEach((name, index) => {
  Deno.test(`import of any part of ${name}, however wrong, gives a configuration that loads, or says why not`, async () => {
    const whole = await documented(name);
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(99)), async (numbers) => {
        const dice = () => numbers.next().value ?? 0;
        const source = JSON.stringify(changed(whole, dice));
        const options = {
          file: "source",
          from: FROM[index],
          env: () => undefined,
          envFile: new Map(),
        };
        const converted = await convert(source, options);
        if (converted.ok) {
          written++;
          await imported(source, { from: FROM[index] });
        } else {assert.match(
            converted.problems.join("\n"),
            /no model in it leads|the file is empty/,
          );}
      }),
      { numRuns: 150 },
    );
    assert.ok(written > 20, `only ${written} were written`);
  });

  Deno.test(`import of ${name} names a key that it does not know, wherever it stands`, async () => {
    const whole = await documented(name);
    for (const path of mappingsIn(whole, [])) {
      const source = JSON.stringify(withStranger(whole, path));
      const { notes, text } = await imported(source, { from: FROM[index] });
      const lines = notes.map((note) => note.replace(/^source:\d+: /, ""));
      const inside = [...path, "stranger"];
      const named = inside.map((_, length) => formatPath(inside.slice(0, length + 1)));
      const kinds = inside.map((_, length) => kindOfPath(inside.slice(0, length + 1)));
      const isNamed = lines.some((line) => {
        return named.some((place) => line.startsWith(`${place} = `)) ||
          kinds.some((kind) =>
            line.startsWith(`${kind}: `) || line.includes(`, ${kind}`) || line.includes(`${kind},`)
          );
      });
      const isCarried = text.includes(
        '{ set: { "X-Custom-Header": "custom-value", "stranger": "7" } }',
      );
      assert.ok(isNamed || isCarried, `${formatPath(inside)} of ${name} in:\n${lines.join("\n")}`);
    }
  });
});

/** Where each mapping is. */
function mappingsIn(value: Json, path: Path): readonly Path[] {
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  const inside = Object.entries(value).flatMap(([name, item]) => {
    return mappingsIn(item, [...path, isList ? Number(name) : name]);
  });
  return isList ? inside : [path, ...inside];
}

/** With one more key in the mapping there. */
function withStranger(value: Json, [step, ...rest]: Path): Json {
  if (typeof value !== "object" || value === null) return value;
  if (step === undefined) return { ...value, stranger: 7 };
  const isIt = (name: string) => name === String(step);
  if (Array.isArray(value)) {
    return value.map((item, at) => isIt(String(at)) ? withStranger(item, rest) : item);
  }
  const inside = Object.entries(value).map((
    [name, item],
  ) => [name, isIt(name) ? withStranger(item, rest) : item]);
  return Object.fromEntries(inside);
}
