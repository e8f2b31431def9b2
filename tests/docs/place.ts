/** Where a page is walked through: an empty directory, an empty HOME, commands of its own, free ports. */
import { dirname, join } from "node:path";
import { pathOf } from "../../packaging/program.ts";

export interface Place extends AsyncDisposable {
  readonly root: string;
  readonly cwd: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** In place of 127.0.0.1:8081. */
  readonly adminHost: string;
  /** A page's text with the addresses of this place. */
  here(text: string): string;
  /** What was seen here, with the addresses of the page. */
  there(text: string): string;
}

export interface PlaceOptions {
  readonly program: readonly string[];
  readonly path?: readonly string[];
}

const CLIENTS = ["claude", "codex", "gemini", "opencode", "qwen", "cline"];

export async function setPlace({ program, path = [] }: PlaceOptions): Promise<Place> {
  const root = await Deno.makeTempDir({ prefix: "llm-proxy-page-" });
  const [cwd, home, bin, data] = ["work", "home", "bin", "data"].map((name) =>
    join(root, name)
  ) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [cwd, home, bin, data]) await Deno.mkdir(folder);
  if (program.length > 0) await script(join(bin, "llm-proxy"), program);
  const client = pathOf(new URL("client.ts", import.meta.url));
  const run = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--allow-all",
    client,
  ];
  for (const name of CLIENTS) await script(join(bin, name), [...run, name]);
  const [api, admin, stopped] = [freePort(), freePort(), freePort()];
  const pairs: readonly (readonly [string, string])[] = [
    ["127.0.0.1:8080", `127.0.0.1:${api}`],
    ["127.0.0.1:8081", `127.0.0.1:${admin}`],
    ['listen: ":8080"', `listen: "127.0.0.1:${api}"`],
    ["127.0.0.1:11434", `127.0.0.1:${stopped}`],
    [" /data/", ` ${data}/`],
  ];
  return {
    root,
    cwd,
    home,
    env: {
      PATH: [bin, ...path, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
      HOME: home,
      DENO_DIR: denoDir(),
      NO_COLOR: "1",
    },
    adminHost: `127.0.0.1:${admin}`,
    here: (text) => pairs.reduce((result, [from, to]) => result.replaceAll(from, to), text),
    there: (text) => pairs.reduce((result, [to, from]) => result.replaceAll(from, to), text),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

async function script(path: string, words: readonly string[]): Promise<void> {
  await Deno.writeTextFile(
    path,
    `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`,
  );
  await Deno.chmod(path, 0o755);
}

/** Where what is installed already is kept, though HOME is empty. */
export function denoDir(): string {
  return Deno.env.get("DENO_DIR") ??
    join(Deno.env.get("HOME") ?? dirname(Deno.execPath()), ".cache/deno");
}

/** Nobody's, and below those that systems give out by themselves, so that it stays so until it is used. */
function freePort(): number {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (cause) {
      if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    }
  }
  throw new Error("There is no free port.");
}
