/** What the gateway under test must be configured with. */
import type { GatewayModels } from "./check.ts";

export interface Wanted {
  readonly models: GatewayModels;
  /** The two backends' URLs. */
  readonly backends: readonly [string, string];
}

/** The backends' own names for the model: another one each, and none as long as an alias may be. */
const BACKEND_MODELS = ["conformance-model-one", "conformance-model-number-two"] as const;

/** As this proxy's configuration. */
export function configFor({ models, backends }: Wanted): string {
  const names = [...new Set(Object.values(models))];
  const [one, two] = BACKEND_MODELS;
  const routes = `[{ backend: first, model: ${one} }, { backend: second, model: ${two} }]`;
  return [
    "backends:",
    `  - { name: first, url: "${backends[0]}" }`,
    `  - { name: second, url: "${backends[1]}" }`,
    "models:",
    ...names.map((name) => `  ${JSON.stringify(name)}: ${routes}`),
    // The checks make both backends fail again and again.
    "fallback: { cooldown_seconds: 0, max_cooldown_seconds: 0 }",
    "",
  ].join("\n");
}

/** The same for people, and their own gateways. */
export function instructionsFor(wanted: Wanted): string {
  const names = [...new Set(Object.values(wanted.models))].join(", ");
  return `The gateway under test must share the requests for ${names}
between ${wanted.backends.join(" and ")}, as equals, whatever they
speak (OpenAI's, Anthropic's and Gemini's formats), with fallback from either to the other, and
leave none of them alone after a failure. As llm-proxy's configuration:

${configFor(wanted)}`;
}
