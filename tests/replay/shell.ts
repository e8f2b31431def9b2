/** A line for a shell, run as somebody would who pasted it, with traps about that it must not touch. */
import { join } from "node:path";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the line did besides: names of files that were not there before. */
  readonly made: readonly string[];
}

/** Whether there is a curl to run. */
export const HAS_CURL = await new Deno.Command("curl", { args: ["--version"], stdout: "null" })
  .output().then(({ success }) => success, () => false);

/**
 * Runs a line by `sh` in a directory that holds a secret, as somebody whose curl has settings of its
 * own and whose environment names a proxy that is not there.
 */
export async function runLine(
  line: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const home = await Deno.makeTempDir({ prefix: "llm-proxy-shell-" });
  try {
    const traps = { ".curlrc": 'header = "X-Curlrc: read"\n', secret: "SECRET", line };
    for (const [name, text] of Object.entries(traps)) {
      await Deno.writeTextFile(join(home, name), text);
    }
    const nowhere = "http://127.0.0.1:1";
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: [join(home, "line")],
      cwd: home,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", HOME: home, http_proxy: nowhere, ...env },
    }).output();
    const names = [...Deno.readDirSync(home)].map(({ name }) => name);
    const made = names.filter((name) => !(name in traps));
    const [out = "", err = ""] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code, stdout: out, stderr: err, made };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}
