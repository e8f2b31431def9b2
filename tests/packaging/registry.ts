/** npm as a test may use it: with a cache that is shared, so that Deno is fetched once. */
import assert from "node:assert/strict";
import { pathOf, ROOT } from "../../packaging/program.ts";

/** Whether npm is here and can fetch the Deno that the package asks for; says so where it cannot. */
export async function canInstall(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("npm", {
      args: ["view", "deno@2.9.6", "version"],
      stdout: "null",
      stderr: "null",
    }).output();
    if (success) return true;
  } catch {
    // No npm.
  }
  // deno-lint-ignore no-console -- a test left out says why
  console.warn("left out: the npm package's tests need npm and its registry");
  return false;
}

/** What npm needs of the environment beside PATH and HOME. */
export async function npmEnvironment(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await npm(["config", "get", "cache"], pathOf(ROOT), Deno.env.toObject());
  return { npm_config_cache: stdout.trim(), ...certificates() };
}

/** What a machine behind an inspecting proxy must trust to reach the registry. */
function certificates(): Record<string, string> {
  const file = Deno.env.get("NODE_EXTRA_CA_CERTS") ?? Deno.env.get("SSL_CERT_FILE");
  return file === undefined ? {} : { NODE_EXTRA_CA_CERTS: file, npm_config_cafile: file };
}

export async function npm(args: readonly string[], cwd: string, env: Record<string, string>) {
  const command = new Deno.Command("npm", { args: [...args], cwd, env, clearEnv: true });
  const { code, stdout, stderr } = texts(await command.output());
  assert.equal(code, 0, stderr);
  return { stdout };
}

export function texts({ code, stdout, stderr }: Deno.CommandOutput) {
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
