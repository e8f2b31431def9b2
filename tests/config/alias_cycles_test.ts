import assert from "node:assert/strict";
import fc from "fast-check";
import { findCycles, type Link } from "../../lib/config/alias_cycles.ts";

/** `a>b` as a link. */
function linksOf(text: string): readonly Link[] {
  return text.split(" ").map((pair) => {
    const [from = "", to = ""] = pair.split(">");
    return { from, to };
  });
}

function found(links: readonly Link[]): readonly string[] {
  return Array.from(findCycles(links), ({ closing, names }) => `${names.join("")}>${closing.to}`);
}

Deno.test("findCycles() gives each cycle from where it starts to the link that leads back", () => {
  assert.deepEqual(found(linksOf("a>a")), ["a>a"]);
  assert.deepEqual(found(linksOf("a>b b>a")), ["ab>a"]);
  assert.deepEqual(found(linksOf("x>a a>b b>c c>a")), ["abc>a"]);
  assert.deepEqual(found(linksOf("a>b b>a c>d d>c c>c")), ["ab>a", "cd>c", "c>c"]);
});

Deno.test("findCycles() gives the link that is closing, as it was given", () => {
  const links = [{ from: "a", to: "b", line: 1 }, { from: "b", to: "a", line: 2 }];
  assert.deepEqual(Array.from(findCycles(links), ({ closing }) => closing.line), [2]);
});

Deno.test("findCycles() takes two ways to one name for no cycle", () => {
  assert.deepEqual(found(linksOf("a>b a>c b>d c>d d>e")), []);
});

Deno.test("findCycles() walks a chain longer than the stack, and meshes once", () => {
  const chain = Array.from({ length: 100_000 }, (_, at) => ({ from: `${at}`, to: `${at + 1}` }));
  assert.equal([...findCycles(chain)].length, 0);
  assert.equal([...findCycles([...chain, { from: "100000", to: "0" }])].length, 1);
  // 3 to the power of 60 ways lead from the first name to the last.
  const mesh = Array.from(
    { length: 60 },
    (_, at) =>
      [0, 1, 2].flatMap((one) =>
        [0, 1, 2].map((other) => ({ from: `${at}.${one}`, to: `${at + 1}.${other}` }))
      ),
  ).flat();
  assert.equal([...findCycles(mesh)].length, 0);
});

Deno.test("findCycles() gives real cycles, and without their closing links none is left", () => {
  const name = fc.constantFrom(..."abcdef");
  const links = fc.uniqueArray(fc.record({ from: name, to: name }), {
    maxLength: 16,
    selector: ({ from, to }) => from + to,
  });
  fc.assert(fc.property(links, (links) => {
    const cycles = [...findCycles(links)];
    for (const { closing, names } of cycles) {
      const steps = [...names, closing.to];
      assert.deepEqual([names[0], names.at(-1)], [closing.to, closing.from]);
      for (let at = 1; at < steps.length; at++) {
        assert.ok(links.some(({ from, to }) => from === steps[at - 1] && to === steps[at]));
      }
    }
    const closing = new Set(cycles.map(({ closing }) => closing));
    assert.deepEqual([...findCycles(links.filter((link) => !closing.has(link)))], []);
  }));
});
