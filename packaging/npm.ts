/**
 * `deno task npm`: bundles the program and lays the npm package into dist/npm/: the bundle, a
 * launcher, and a dependency on the `deno` package, which brings Deno for each system. `npm pack`
 * there makes the archive.
 */
import { BUNDLE, bundle } from "./bundle.ts";
import { copy } from "./copy.ts";
import { BUNDLE_FLAGS, PERMISSIONS, ROOT, UNSTABLE, VERSION } from "./program.ts";
import { runTask } from "./task.ts";

export const PACKAGE: URL = new URL("dist/npm/", ROOT);

/** Of the npm package; the command it installs is `llm-proxy`. */
export const NAME = "llm-fallback-proxy";

/** The Deno that the program is tested with. */
const DENO = "2.9.6";

/** Only the files of the package count: no deno.json above it, nothing from the network. */
const FLAGS = [
  ...PERMISSIONS,
  ...UNSTABLE,
  ...BUNDLE_FLAGS,
];

const MANIFEST = {
  name: NAME,
  version: VERSION,
  description: "One address for many LLM backends, with fallback within the request and logs.",
  keywords: ["llm", "proxy", "gateway", "openai", "anthropic", "gemini", "claude-code", "fallback"],
  license: "MIT",
  type: "module",
  bin: { "llm-proxy": "bin.cjs" },
  files: ["app", "bin.cjs", "flags.json"],
  engines: { node: ">=18" },
  dependencies: { deno: DENO },
};

/** Replaces what stands in the folder, from a bundle as it stands. */
export async function layOut(target: URL = PACKAGE, from: URL = BUNDLE): Promise<void> {
  await Deno.remove(target, { recursive: true }).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  });
  await copy(from, new URL("app/", target));
  for (const file of ["README.md", "LICENSE"]) {
    await copy(new URL(file, ROOT), new URL(file, target));
  }
  await copy(new URL("npm/bin.cjs", import.meta.url), new URL("bin.cjs", target));
  await writeJson(new URL("flags.json", target), FLAGS);
  await writeJson(new URL("package.json", target), MANIFEST);
}

async function writeJson(file: URL, value: unknown): Promise<void> {
  await Deno.writeTextFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

if (import.meta.main) {
  await runTask(async () => {
    await bundle();
    await layOut();
  });
}
