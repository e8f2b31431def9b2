import assert from "node:assert/strict";
import type { YAMLError } from "../../lib/config/yaml.ts";
import { yamlFaults } from "../../lib/config/yaml_faults.ts";

Deno.test("yamlFaults() looks at a bounded number of errors, however many one line has", () => {
  let looked = 0;
  const errors = Array.from({ length: 5000 }, (_, at) => ({
    get code() {
      looked++;
      return "TAG_RESOLVE_FAILED";
    },
    message: "",
    pos: [at, at + 1],
  }));
  const faults = yamlFaults("!x ".repeat(5000), errors as unknown as YAMLError[]);
  assert.equal(faults.length, 1);
  assert.ok(looked <= 100, `it looked at ${looked}`);
});
