/** The checks find what they are for: each fails, for its own reason, on a gateway that does the obvious. */
import assert from "node:assert/strict";
import { type GatewayModels, startBackends } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { startNaiveGateway } from "./naive_gateway.ts";
import { runCheck } from "./run_checks.ts";

const MODELS: GatewayModels = { anthropic: "alias", openai: "alias", gemini: "alias" };

/** Which checks find what. */
const FINDINGS = [
  [/HEAD \/api\/hello/, /^status 404 instead of 200/],
  [/GET \/v1\/models/, /^status 307 instead of 200/],
  [/the query of/, /^the backend was asked for \/v1\/messages$/],
  [/unknown headers/, /^anthropic-version reached the backend as nothing$/],
  [/no other byte$/, /^the body was changed: at byte 1|^status 400/],
  [/426 at once/, /^status 404 instead of 426/],
  [/arrives before the next is sent$/, /event 1 of \d arrives before the next is sent$/],
  [/stays on one backend$/, /^one session was answered by both backends$/],
  [/a 529 leads to/, /^status 502 instead of 200/],
  [/pings, comments and unknown events/, /^the stream was changed: at byte \d+ .*event: ping/],
  [/the error body of/, /^status 502 instead of 400/],
  [/dropped inside a block/, /^the stream ended as if it were whole$/],
  [/a cut stream raises/, /^the SDK took the stream for whole$/],
  [/retry-after/, /^status 502 instead of 429/],
] as const;

for (const check of CHECKS) {
  Deno.test(`conformance finds in a naive gateway: not ${check.name}`, async () => {
    // What only a gateway that holds a whole answer back gets wrong.
    const buffers = /arrives before the next is sent$/.test(check.name);
    await using backends = await startBackends([0, 0]);
    await using naive = startNaiveGateway({ models: MODELS, backends: backends.urls, buffers });
    const gateway = { url: naive.url, key: "any", models: MODELS, patienceMs: 300 };
    const result = await runCheck(check, { gateway, backends });
    assert.ok(result.kind === "fail", "the check passed");
    const [, why] = FINDINGS.find(([name]) => name.test(check.name)) ?? [];
    assert.match(result.why, why ?? /no finding is expected of this check/);
  });
}
