/** docs/import.md: its commands, beside the configuration that another program's own documentation gives. */
import { join } from "node:path";
import assert from "node:assert/strict";
import { readPage } from "./page.ts";
import { program } from "./program.ts";
import { startWalk } from "./walk.ts";
import { WHY_NOT_TYPED } from "./why_not_typed.ts";

const PAGE = readPage("docs/import.md");
const EXAMPLE = new URL("../import/fixtures/litellm.yaml", import.meta.url);

Deno.test({
  name: `docs/import.md: its commands lead to a configuration that check takes${WHY_NOT_TYPED}`,
  ignore: WHY_NOT_TYPED !== "",
  async fn() {
    await using walk = await startWalk({ program: await program() });
    await Deno.copyFile(EXAMPLE, join(walk.place.cwd, "litellm.yaml"));
    const text = await Deno.readTextFile(EXAMPLE);
    for (const [, name = ""] of text.matchAll(/os\.environ\/(\w+)/g)) {
      await walk.type(`export ${name}=dummy-0123456789-${name}`);
    }
    for (const fence of PAGE.fences) await walk.take(fence);
    assert.match(walk.typed.at(-1)?.output ?? "", /config\.yaml is valid/);
  },
});
