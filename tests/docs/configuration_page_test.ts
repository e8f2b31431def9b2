import assert from "node:assert/strict";
import { configurationPage } from "../../docs/generate.ts";

Deno.test("docs/configuration.md says what the schema says (deno task docs writes it)", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/configuration.md", import.meta.url));
  assert.equal(page, configurationPage());
});
