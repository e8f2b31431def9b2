/**
 * Claude Code: what it sends has to arrive as it was sent.
 * https://docs.claude.com/en/docs/claude-code/llm-gateway
 */
import { callRaw } from "../caller.ts";
import { MESSAGE } from "../contract/anthropic_replies.ts";
import { reply } from "../peer.ts";
import { messageBody, messageCall } from "./calls.ts";
import type { Backends, Check, Gateway } from "./check.ts";
import { expect, expectOnlyModelChanged, expectStatus, firstOf } from "./expect.ts";

/** Header lines of which a gateway knows nothing, or nothing yet. */
const LINES = [
  "anthropic-beta: claude-code-20250219,interleaved-thinking-2025-05-14",
  "x-app: cli",
  "user-agent: claude-cli/2.0.1 (external, cli)",
  "x-stainless-retry-count: 0",
  "x-unknown-to-anybody: 1; a=b, c",
];

const CACHED = `"cache_control":{"type":"ephemeral","ttl":"1h"}`;
const SYSTEM_TEXT = `"system": "You are Claude Code,\\nAnthropic's CLI.\\u0020"`;
const SYSTEM_BLOCKS = `"system":[ {"type":"text","text":"You are Claude Code.",${CACHED}},` +
  ` {"type":"text", "text":"<env>\\tlinux</env>", ${CACHED} } ],"thinking":{"type":"adaptive"}`;

/** Sends a call that both backends answer, and gives the request that reached one of them. */
async function arrivedOf(
  gateway: Gateway,
  backends: Backends,
  call: Parameters<typeof messageCall>[1],
) {
  backends.play(({ write }) => write(reply(200, JSON.stringify(MESSAGE))));
  expectStatus(await callRaw(gateway.url, messageCall(gateway, call)), 200);
  return firstOf(backends.arrived);
}

export const CLAUDE_CODE_REQUESTS: readonly Check[] = [
  {
    name: "Claude Code: the query of /v1/messages?beta=true is kept",
    async run(gateway, backends) {
      const { target } = await arrivedOf(gateway, backends, {});
      expect(target === "/v1/messages?beta=true", `the backend was asked for ${target}`);
    },
  },
  {
    name: "Claude Code: anthropic-version, anthropic-beta and unknown headers pass untouched",
    async run(gateway, backends) {
      const { headers } = await arrivedOf(gateway, backends, { lines: LINES });
      for (const line of ["anthropic-version: 2023-06-01", ...LINES]) {
        const [name = "", ...rest] = line.split(": ");
        const value = headers.find(([each]) => each.toLowerCase() === name)?.[1];
        const said = value ?? "nothing";
        expect(value === rest.join(": "), `${name} reached the backend as ${said}`);
      }
    },
  },
  ...Object.entries({ "a text": SYSTEM_TEXT, "blocks with cache_control": SYSTEM_BLOCKS })
    .map(([what, system]): Check => ({
      name: `Claude Code: a body with system as ${what} changes by its model and no other byte`,
      async run(gateway, backends) {
        const alias = gateway.models.anthropic;
        const body = messageBody(alias, system);
        const request = await arrivedOf(gateway, backends, { body });
        expectOnlyModelChanged(request.body, body, alias);
      },
    })),
];
