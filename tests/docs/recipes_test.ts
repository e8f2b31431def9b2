/** Every recipe, walked through: its configuration, its commands, its clients, and what it shows. */
import assert from "node:assert/strict";
import { readPage } from "./page.ts";
import { program } from "./program.ts";
import { GREETING, type StubOptions } from "./stub_backends.ts";
import { walkThrough } from "./walk.ts";
import { WHY_NOT_TYPED } from "./why_not_typed.ts";

/** What a page's providers do beside answering. */
const SCENES: Readonly<Record<string, StubOptions>> = {
  "several-keys.md": { spentKey: "your-first-key-there" },
};

const FOLDER = new URL("../../docs/recipes/", import.meta.url);

for (const { name } of Deno.readDirSync(FOLDER)) {
  const page = readPage(`docs/recipes/${name}`);
  if (page.fences.length === 0 || name === "kubernetes.md") continue;
  Deno.test({
    name: `docs/recipes/${name} does what it says${WHY_NOT_TYPED}`,
    ignore: WHY_NOT_TYPED !== "",
    async fn() {
      await using walk = await walkThrough(page, { program: await program(), ...SCENES[name] });
      const calls = walk.typed.filter(({ command }) =>
        /^(?:[A-Z_]+=\S+ )*(?:curl|claude|codex|gemini|opencode|qwen|cline) /.test(command)
      );
      const refused = calls.filter(({ output }) => !output.includes(GREETING));
      const shown = page.fences.flatMap(({ text }) => text.match(/^\{"error":/gm) ?? []);
      assert.ok(calls.length > refused.length);
      assert.equal(refused.length, shown.length, JSON.stringify(refused));
    },
  });
}
