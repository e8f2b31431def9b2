/** This proxy against the checks that `deno task conformance` runs on any gateway. */
import { startProxy } from "../proxy.ts";
import { type GatewayModels, startBackends } from "./check.ts";
import { CLAUDE_CODE_ENDPOINTS } from "./claude_code_endpoints.ts";
import { CLAUDE_CODE_REPLIES } from "./claude_code_replies.ts";
import { CLAUDE_CODE_REQUESTS } from "./claude_code_requests.ts";
import { CLAUDE_CODE_ROUTES } from "./claude_code_routes.ts";
import { CODEX_STREAMS } from "./codex_streams.ts";
import { configFor } from "./gateway_config.ts";
import { SDK_CHECKS } from "./sdk_checks.ts";

const MODELS: GatewayModels = { anthropic: "alias", openai: "alias", gemini: "alias" };

const EXPECTED = [
  CLAUDE_CODE_ENDPOINTS,
  CLAUDE_CODE_REQUESTS,
  CODEX_STREAMS,
  CLAUDE_CODE_ROUTES,
  CLAUDE_CODE_REPLIES,
  SDK_CHECKS,
].flat();

for (const { name, run } of EXPECTED) {
  Deno.test(`conformance: ${name}`, async () => {
    await using backends = await startBackends([0, 0]);
    const config = configFor({ models: MODELS, backends: backends.urls });
    await using proxy = await startProxy(config, { random: Math.random });
    const gateway = { url: proxy.url, key: "any", models: MODELS, patienceMs: 3000 };
    await run(gateway, backends);
  });
}
