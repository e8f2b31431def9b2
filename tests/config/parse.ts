import assert from "node:assert/strict";
import { type Loaded, parseConfig } from "../../lib/config/load.ts";
import { formatProblem } from "../../lib/config/problem.ts";
import type { Snapshot } from "../../lib/config/snapshot.ts";
import type { ListenAddress } from "../../lib/config/snapshot.ts";

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly listening?: ListenAddress;
}

/** The least that a configuration must have. */
export const BACKENDS = `backends:
  - {name: a, url: "https://a.example/v1"}
`;
export const MODELS = `models:
  m: [{backend: a, model: x}]
`;
export const MINIMAL = BACKENDS + MODELS;

/** Parses as if read from /etc/proxy/config.yaml. */
export async function parse(text: string, around: Surroundings = {}): Promise<Loaded> {
  const { env = {}, files = {}, listening } = around;
  return await parseConfig(text, {
    file: "/etc/proxy/config.yaml",
    revision: 1,
    env: (name) => env[name],
    listening,
    read: (path) => {
      const value = files[path];
      const missing = { ok: false, reason: "does not exist" } as const;
      return Promise.resolve(value === undefined ? missing : { ok: true, value });
    },
  });
}

export async function snapshotOf(text: string, around: Surroundings = {}): Promise<Snapshot> {
  const loaded = await parse(text, around);
  if (!loaded.ok) assert.fail(loaded.problems.map(formatProblem).join("\n"));
  return loaded.snapshot;
}

/** The problems as lines, without the file's name; none is a failure. */
export async function problemsOf(
  text: string,
  around: Surroundings = {},
): Promise<readonly string[]> {
  const loaded = await parse(text, around);
  if (loaded.ok) assert.fail("the configuration was accepted");
  return loaded.problems.map((problem) => formatProblem({ ...problem, file: "" }).slice(1));
}

/** The only problem. */
export async function problemOf(text: string, around: Surroundings = {}): Promise<string> {
  const problems = await problemsOf(text, around);
  assert.equal(problems.length, 1, problems.join("\n"));
  return problems[0] ?? "";
}
