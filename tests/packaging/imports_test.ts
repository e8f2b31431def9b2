/** Which packages the program asks for, and which its tests: whoever runs it loads no package of a test. */
import assert from "node:assert/strict";
import program from "../../deno.json" with { type: "json" };
import tests from "../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

Deno.test("the program's packages are the same, and its own options, where tests run", () => {
  const imports: Readonly<Record<string, string>> = tests.imports;
  for (const [name, wanted] of Object.entries(program.imports)) {
    assert.equal(imports[name], wanted);
  }
  assert.deepEqual(tests.compilerOptions, program.compilerOptions);
  assert.deepEqual(tests.unstable, program.unstable);
});

Deno.test("deno.json names no package that the program, its dashboard and its packaging leave alone", async () => {
  const sources = await textsUnder(["main.ts", "lib/", "packaging/", "docs/"]);
  for (const name of Object.keys(program.imports)) {
    const used = new RegExp(`["']${name}(?:/[^"']*)?["']`);
    assert.ok(
      sources.some((text) => used.test(text)),
      `${name} belongs into tests/deno.json`,
    );
  }
});

async function textsUnder(paths: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(paths.map(async (path) => {
    if (!path.endsWith("/")) {
      return [await Deno.readTextFile(new URL(path, ROOT))];
    }
    const entries = await Array.fromAsync(Deno.readDir(new URL(path, ROOT)));
    const below = entries.filter(({ name, isDirectory }) => isDirectory || /\.tsx?$/.test(name));
    return await textsUnder(
      below.map(({ name, isDirectory }) => `${path}${name}${isDirectory ? "/" : ""}`),
    );
  }));
  return texts.flat();
}
