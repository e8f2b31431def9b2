/** Whatever is chosen, and however it is called, `init` writes what can be put in force. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Answers, Key } from "../../lib/cli/init/answers.ts";
import { CLIENTS } from "../../lib/cli/init/clients.ts";
import { configText, envLines } from "../../lib/cli/init/config_text.ts";
import { speakingOnly } from "../../lib/cli/init/formats.ts";
import { planFor } from "../../lib/cli/init/plan.ts";
import { PROVIDERS } from "../../lib/cli/init/providers.ts";
import { parseEnvLines } from "../../lib/config/env_syntax.ts";
import { snapshotOf } from "../config/parse.ts";

const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 60,
}).filter((text) => !text.includes("'"));

const key: fc.Arbitrary<Key> = fc.oneof(
  visible.map((value) => ({ kind: "given", value }) as const),
  fc.constant({ kind: "later" } as const),
);

const answers: fc.Arbitrary<Answers> = fc.record({
  providers: fc.array(
    fc.record({
      provider: fc.constantFrom(...PROVIDERS),
      formats: fc.subarray(["chat", "responses", "messages", "gemini"] as const, { minLength: 1 }),
      key,
      model: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => /[a-z]/i.test(text)),
    }),
    { minLength: 1, maxLength: 6 },
  ).map((chosen) =>
    chosen.map((choice, index) => ({
      ...choice,
      endpoints: choice.provider.asksFormats
        ? choice.provider.endpoints.map((endpoint) => speakingOnly(endpoint, choice.formats))
        : choice.provider.endpoints,
      id: `${choice.provider.id}-${index}`,
      url: choice.provider.address && `https://h${index}.example/v1`,
      variable: `V_${index}`,
    }))
  ),
  clients: fc.subarray([...CLIENTS]),
});

Deno.test("what init writes is valid, with every key where it belongs, and in .env alone", async () => {
  await fc.assert(fc.asyncProperty(answers, async (given) => {
    const text = configText(planFor(given));
    const { lines, faults } = parseEnvLines(envLines(given).map(({ line }) => line).join("\n"));
    assert.deepEqual(faults, []);
    const env = Object.fromEntries(lines.map(({ name, value }) => [name, value]));
    const { backends, aliases } = await snapshotOf(text, { env });
    assert.ok(aliases.size > 0);
    for (const { id, key } of given.providers) {
      const own = [...backends.values()].filter(({ name }) => name.startsWith(id));
      if (key.kind === "given") own.forEach(({ keys }) => assert.deepEqual(keys, [key.value]));
    }
    for (const { routes } of aliases.values()) {
      assert.deepEqual(routes.map(({ priority }) => priority), routes.map((_, index) => index + 1));
    }
  }));
});
