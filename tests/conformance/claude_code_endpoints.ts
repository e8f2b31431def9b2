/** Claude Code: what it asks of the gateway itself before it begins. */
import { callRaw, textOf } from "../caller.ts";
import { within } from "../contract/providers.ts";
import type { Check, Gateway } from "./check.ts";
import { expect, expectStatus } from "./expect.ts";

/** It goes on without a list after that. */
const LIST_MS = 3000;

const CREDENTIALS: Readonly<Record<string, (key: string) => string>> = {
  "x-api-key": (key) => `x-api-key: ${key}`,
  "Authorization": (key) => `Authorization: Bearer ${key}`,
};

export const CLAUDE_CODE_ENDPOINTS: readonly Check[] = [
  {
    name: "Claude Code: HEAD /api/hello is answered",
    async run({ url }) {
      const answer = await callRaw(url, { method: "HEAD", target: "/api/hello" });
      expectStatus(answer, 200);
    },
  },
  ...Object.entries(CREDENTIALS).map(([header, line]): Check => ({
    name: `Claude Code: GET /v1/models?limit=1000 lists models within 3 s, with ${header}`,
    async run({ url, key, models }) {
      const lines = ["anthropic-version: 2023-06-01", line(key)];
      const request = { method: "GET", target: "/v1/models?limit=1000", lines };
      const answer = await within(callRaw(url, request), LIST_MS, "the list of models");
      expectStatus(answer, 200);
      const ids = idsIn(textOf(answer));
      expect(ids.includes(models.anthropic), `the list is ${textOf(answer).slice(0, 120)}`);
    },
  })),
];

/** The ids of a list of models; none where it is none. */
function idsIn(text: string): readonly Gateway["models"]["anthropic"][] {
  try {
    return JSON.parse(text).data.map(({ id }: { readonly id: string }) => id);
  } catch {
    return [];
  }
}
