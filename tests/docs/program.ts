/** The program that pages are walked through with: the bundle of this source, or the binary that `LLM_PROXY_BIN` names. */
import { resolve } from "node:path";
import { bundle } from "../../packaging/bundle.ts";
import { PERMISSIONS, UNSTABLE } from "../../packaging/program.ts";

let bundled: Promise<readonly string[]> | undefined;

/** The words that start it; bundled once in a process, into a folder that goes when the process does. */
export function program(): Promise<readonly string[]> {
  const binary = Deno.env.get("LLM_PROXY_BIN");
  return binary === undefined ? bundled ??= fromBundle() : Promise.resolve([resolve(binary)]);
}

async function fromBundle(): Promise<readonly string[]> {
  const path = await Deno.makeTempDir({ prefix: "llm-proxy-bundle-" });
  globalThis.addEventListener("unload", () => Deno.removeSync(path, { recursive: true }));
  await bundle(new URL(`file://${path}/`));
  const alone = ["--no-config", "--no-lock", "--no-remote", "--cached-only", "--quiet"];
  return [Deno.execPath(), "run", ...PERMISSIONS, ...UNSTABLE, ...alone, `${path}/main.js`];
}
