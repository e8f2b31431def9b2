/** A clone of the project, for commands that a page tells its reader to type in one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { copy } from "../../packaging/copy.ts";
import { ROOT } from "../../packaging/program.ts";
import { npmEnvironment } from "../packaging/registry.ts";
import { denoDir } from "./place.ts";

export interface Clone extends AsyncDisposable {
  readonly path: string;
  /** Where `npm install -g` puts commands. */
  readonly bin: string;
  /** Types a command there, and waits for its end. */
  type(command: string): Promise<void>;
  /** Types one that stays until Ctrl-C, which comes once it has written this; it must end well. */
  typeUntil(command: string, sign: RegExp): Promise<string>;
}

const LEFT_OUT = [".git", "dist", "node_modules", "logs"];

/** With `npx -y deno@2.9.6` being the Deno that runs the test: .ci/run has the real one do the same. */
export async function makeClone(): Promise<Clone> {
  const root = await Deno.makeTempDir({ prefix: "llm-proxy-clone-" });
  const [path, home, tools, global] = ["clone", "home", "tools", "global"].map((name) =>
    join(root, name)
  ) as [string, string, string, string];
  for (const folder of [path, home, tools, global]) await Deno.mkdir(folder);
  for await (const { name } of Deno.readDir(ROOT)) {
    if (!LEFT_OUT.includes(name)) {
      await copy(new URL(name, ROOT), new URL(`file://${path}/${name}`));
    }
  }
  const npx =
    `#!/bin/sh\n[ "$1 $2" = "-y deno@2.9.6" ] || exit 9\nshift 2\nexec '${Deno.execPath()}' "$@"\n`;
  await Deno.writeTextFile(join(tools, "npx"), npx);
  await Deno.chmod(join(tools, "npx"), 0o755);
  const env = {
    PATH: `${tools}:${Deno.env.get("PATH")}`,
    HOME: home,
    DENO_DIR: denoDir(),
    NO_COLOR: "1",
    npm_config_prefix: global,
    ...await npmEnvironment(),
  };
  const command = (line: string) =>
    new Deno.Command("bash", {
      args: ["-c", line],
      cwd: path,
      env,
      clearEnv: true,
      stdout: "piped",
      stderr: "piped",
    });

  async function type(line: string): Promise<void> {
    const { code, stdout, stderr } = await command(line).output();
    const text = new TextDecoder();
    assert.equal(code, 0, `${line}\n${text.decode(stdout)}${text.decode(stderr)}`);
  }

  async function typeUntil(line: string, sign: RegExp): Promise<string> {
    const child = command(`exec ${line}`).spawn();
    const errors = new Response(child.stderr).text();
    let said = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      const wasSaid = sign.test(said);
      said += piece;
      if (!wasSaid && sign.test(said)) child.kill("SIGINT");
    }
    const { code } = await child.status;
    assert.equal(code, 0, `${line}\n${said}${await errors}`);
    assert.match(said, sign);
    return said;
  }
  const remove = () => Deno.remove(root, { recursive: true });
  return { path, bin: join(global, "bin"), type, typeUntil, [Symbol.asyncDispose]: remove };
}
