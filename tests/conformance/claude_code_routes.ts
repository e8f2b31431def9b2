/** Claude Code: which backend answers. */
import { callRaw } from "../caller.ts";
import { errorBody, MESSAGE } from "../contract/anthropic_replies.ts";
import { reply } from "../peer.ts";
import { messageCall } from "./calls.ts";
import type { BackendName, Check } from "./check.ts";
import { expect, expectBytes, expectStatus } from "./expect.ts";

const OVERLOADED = JSON.stringify(errorBody("overloaded_error", "Overloaded"));
const ANSWER = JSON.stringify(MESSAGE);

/** An odd number, so that backends that take turns do not keep them together by chance. */
const SESSIONS = ["a", "b", "c"].map((letter) => `${letter.repeat(8)}-1111-4111-8111-000000000000`);
const CALLS = Array(6).fill(SESSIONS).flat();

export const CLAUDE_CODE_ROUTES: readonly Check[] = [
  {
    name: "Claude Code: a session (x-claude-code-session-id) stays on one backend",
    async run(gateway, backends) {
      backends.play(({ write }) => write(reply(200, ANSWER)));
      for (const session of CALLS) {
        const lines = [`x-claude-code-session-id: ${session}`];
        expectStatus(await callRaw(gateway.url, messageCall(gateway, { lines })), 200);
      }
      expect(backends.arrived.length === CALLS.length, "a call did not reach one backend once");
      for (const session of SESSIONS) {
        const its = backends.arrived.filter((_, index) => CALLS[index] === session);
        const homes = new Set(its.map(({ backend }) => backend));
        expect(homes.size === 1, "one session was answered by both backends");
      }
    },
  },
  {
    name: "Claude Code: a 529 leads to the other backend within the request",
    async run(gateway, backends) {
      let busy: BackendName | undefined;
      backends.play(({ write }, backend) => {
        busy ??= backend;
        return write(backend === busy ? reply(529, OVERLOADED) : reply(200, ANSWER));
      });
      const answer = await callRaw(gateway.url, messageCall(gateway));
      expectStatus(answer, 200);
      expectBytes(answer.body, ANSWER, "the answer was changed");
    },
  },
];
