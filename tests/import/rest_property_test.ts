/** For any part of the documented examples: what is written loads, and what is not carried over is named. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { convert } from "../../lib/import/convert.ts";
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
    const places = mappingsIn(whole);
    for (const [at] of places.entries()) {
      const source = JSON.stringify(withStranger(whole, { at, seen: 0 }));
      const { notes, text } = await imported(source, { from: FROM[index] });
      const isNamed = notes.some((note) =>
        /stranger|param|model_list\[|data\.items\[4\]|\{[^}]*\}/.test(note)
      );
      assert.ok(isNamed && text.length > 0, `mapping ${at} of ${name}: ${notes.join("\n")}`);
    }
  });
});

function mappingsIn(value: Json): readonly Json[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(mappingsIn);
  return Array.isArray(value) ? inside : [value, ...inside];
}

/** With one more key in the mapping that is so many mappings in. */
function withStranger(value: Json, count: { at: number; seen: number }): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withStranger(item, count));
  const isIt = count.seen++ === count.at;
  const inside = Object.entries(value).map(([name, item]) =>
    [name, withStranger(item, count)] as const
  );
  return Object.fromEntries([...inside, ...isIt ? [["stranger", 7] as const] : []]);
}
