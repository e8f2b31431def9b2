/** Configurations of one alias, `chat`, over backends in a line. */
import type { TestProxy } from "./proxy.ts";

/** Backend names and where they are, in order of priority. */
export type Chain = Readonly<Record<string, { readonly url: string }>>;

/**
 * The alias `chat` with a route to each backend, the first one first. The backend `name` knows the
 * model as `name-model`.
 *
 * @param rest further top-level keys, as YAML
 */
export function chain(backends: Chain, rest = ""): string {
  const names = Object.keys(backends);
  return [
    "backends:",
    ...names.map((name) => `  - { name: ${name}, url: "${backends[name]?.url}" }`),
    "models:",
    "  chat:",
    ...names.map((name, index) =>
      `    - { backend: ${name}, model: ${name}-model, priority: ${index + 1} }`
    ),
    rest,
  ].join("\n");
}

/** The backends that were tried, in order, from now on; `take()` gives those since the last look. */
export function watchAttempts({ state }: TestProxy): { take(): string[] } {
  let seen: string[] = [];
  state.journal.watch({
    onAttempt: (_entry, { backend }) => void seen.push(backend),
    onEnd: () => {},
  });
  return {
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
  };
}

/** The detection settings of the seed's README. */
export const SEED_DETECTION = `
detection:
  error_codes: [402, 429, 500, 502, 503, 504]
  error_patterns: ["insufficient_quota", "rate_limit"]
`;
