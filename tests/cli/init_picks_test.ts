import assert from "node:assert/strict";
import { CLIENTS } from "../../lib/cli/init/clients.ts";
import { type Listed, picks } from "../../lib/cli/init/picks.ts";
import { PROVIDERS } from "../../lib/cli/init/providers.ts";

const ids = (line: string) =>
  picks(line, PROVIDERS).map(({ word, thing }) => thing?.id ?? `?${word}`);

const LINES: Readonly<Record<string, readonly string[]>> = {
  "2, 1": ["anthropic", "openai"],
  "2 1": ["anthropic", "openai"],
  "1.,2.": ["openai", "anthropic"],
  "openai anthropic": ["openai", "anthropic"],
  "LM Studio, vllm": ["lmstudio", "vllm"],
  "lmstudio OLLAMA": ["lmstudio", "ollama"],
  "claude，kimi、glm": ["anthropic", "moonshot", "zhipu"],
  "中转站;reseller": ["reseller", "reseller"],
  "a reseller": ["reseller"],
  "google dashscope": ["gemini", "qwen"],
  "open": ["?open"],
  "0 14 999999999999": ["?0", "?14", "?999999999999"],
  "1x, -, constructor": ["?1x", "?-", "?constructor"],
  " , ": [],
};

for (const [line, expected] of Object.entries(LINES)) {
  Deno.test(`picks() takes ${JSON.stringify(line)} for ${expected.join(", ") || "nothing"}`, () => {
    assert.deepEqual(ids(line), expected);
  });
}

Deno.test("picks() knows every provider and client by its name, its number and its other names", () => {
  const lists: readonly (readonly Listed[])[] = [PROVIDERS, CLIENTS];
  for (const list of lists) {
    for (const [index, thing] of list.entries()) {
      for (const word of [String(index + 1), thing.name, thing.name.toUpperCase(), ...thing.also]) {
        assert.deepEqual(picks(word, list).map((pick) => pick.thing?.name), [thing.name], word);
      }
    }
  }
});
