import assert from "node:assert/strict";
import { faultsPage } from "../../docs/faults.ts";

Deno.test("docs/faults.md has every file of tests/faults (deno task docs writes it)", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/faults.md", import.meta.url));
  assert.equal(page, faultsPage());
  assert.doesNotMatch(page, /^\| *\|/m);
});
