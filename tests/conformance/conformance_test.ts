/** This proxy against the checks that `deno task conformance` runs on any gateway. */
import { startProxy } from "../proxy.ts";
import { type GatewayModels, startBackends } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { configFor } from "./gateway_config.ts";

const MODELS: GatewayModels = { anthropic: "alias", openai: "alias", gemini: "alias" };

for (const { name, run } of CHECKS) {
  Deno.test(`conformance: ${name}`, async () => {
    await using backends = await startBackends([0, 0]);
    const config = configFor({ models: MODELS, backends: backends.urls });
    await using proxy = await startProxy(config, { random: Math.random });
    const gateway = { url: proxy.url, key: "any", models: MODELS, patienceMs: 3000 };
    await run(gateway, backends);
  });
}
