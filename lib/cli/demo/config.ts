/** The demo's configuration: a text like any operator's, so that the demo takes the real path. */
import { join } from "node:path";
import { parseConfig } from "../../config/load.ts";
import { formatProblem } from "../../config/problem.ts";
import { readText } from "../../config/read_text.ts";
import type { Snapshot } from "../../config/snapshot.ts";
import type { DemoProviders } from "./providers.ts";

/** The configuration in front of these providers, with its logs in the directory. */
export async function demoSnapshot(providers: DemoProviders, directory: string): Promise<Snapshot> {
  const file = join(directory, "config.yaml");
  const options = { file, revision: 1, env: () => undefined, read: readText };
  const loaded = await parseConfig(demoYaml(providers), options);
  if (loaded.ok) return loaded.snapshot;
  throw new Error(loaded.problems.map(formatProblem).join("; "));
}

function demoYaml({ healthy, limited, breaks }: DemoProviders): string {
  return `
listen: "127.0.0.1:0"
admin: { listen: "127.0.0.1:0" }
backends:
  - { name: limited, url: "http://127.0.0.1:${limited}/v1" }
  - { name: breaks, url: "http://127.0.0.1:${breaks}/v1" }
  - { name: healthy, url: "http://127.0.0.1:${healthy}/v1" }
models:
  demo-chat:
    - { backend: limited, model: busy-gpt, priority: 1 }
    - { backend: breaks, model: resets, priority: 2 }
    - { backend: healthy, model: steady-gpt, priority: 3 }
  demo-claude:
    - { backend: limited, model: busy-claude, priority: 1 }
    - { backend: breaks, model: resets, priority: 2 }
    - { backend: healthy, model: steady-claude, priority: 3 }
  demo-cut:
    - { backend: breaks, model: cuts }
fallback: { cooldown_seconds: 60 }
limits: { drain_seconds: 5 }
`;
}
