import assert from "node:assert/strict";
import { allRules, ruleOf } from "../../lib/policy/rules.ts";

const TABLE_ROW = /^\|\s*(?<row>\d+)\s*\|\s*`(?<name>[^`]+)`\s*\|/gm;

Deno.test("docs/failures.md gives every rule its row and its name, and no other", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/failures.md", import.meta.url));
  const listed = [...page.matchAll(TABLE_ROW)].map(({ groups: { row, name } = {} }) => {
    return [Number(row), name] as const;
  });
  const answers = allRules().filter(([row]) => row === 0);
  assert.deepEqual(listed.toSorted(([a], [b]) => a - b), allRules().filter(([row]) => row > 0));
  assert.deepEqual(answers, [[0, "answer"]]);
});

Deno.test("ruleOf() gives each row a name of its own", () => {
  const names = allRules().map(([, name]) => name);
  assert.equal(new Set(names).size, names.length);
  for (const name of names) assert.match(name, /^[a-z0-9 ]{5,20}$/i);
  assert.equal(ruleOf(12), "error code");
});
