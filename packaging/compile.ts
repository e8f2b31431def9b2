/**
 * `deno task compile`: bundles the program and compiles the bundle into dist/llm-proxy.exe, beside
 * which the example configuration is laid. It is compiled in a folder of its own, without packages
 * and configuration, which Deno would take in whole.
 *
 * LLM_PROXY_COMPILER names a program that does the work of `deno compile`, for machines that cannot
 * reach Deno's host: it is called with the output and then the flags and modules.
 */
import { BUNDLE, bundle } from "./bundle.ts";
import { copy } from "./copy.ts";
import { ASSETS, BUILD_FILE, ENTRIES, pathOf, PERMISSIONS, ROOT, UNSTABLE } from "./program.ts";
import { runTask } from "./task.ts";

export const BINARY: URL = new URL("dist/llm-proxy.exe", ROOT);

/**
 * Compiled code would be kept between runs under a name that everybody knows, in a directory for
 * temporary files that everybody may write to: whoever is first decides what runs.
 */
const NO_CODE_CACHE = "--no-code-cache";

export interface CompileOptions {
  /** Default the system that compiles. */
  readonly target?: string;
}

/** From the bundle as it stands. @throws {Error} with what was said where it cannot be compiled */
export async function compile(output: URL, { target }: CompileOptions = {}): Promise<void> {
  const [main, ...threads] = ENTRIES.map((path) => path.replace(/\.ts$/, ".js"));
  const included = [...threads, ...ASSETS, BUILD_FILE].flatMap((path) => ["--include", path]);
  const place = await Deno.makeTempDir({ prefix: "llm-proxy-compile-" });
  try {
    await copy(BUNDLE, new URL(`file://${place}/`));
    await Deno.mkdir(new URL("./", output), { recursive: true });
    const flags = [
      ...PERMISSIONS,
      ...UNSTABLE,
      NO_CODE_CACHE,
      ...target === undefined ? [] : ["--target", target],
    ];
    await runCompiler(pathOf(output), [...flags, ...included, main ?? ""], place);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

async function runCompiler(output: string, words: readonly string[], cwd: string): Promise<void> {
  const other = Deno.env.get("LLM_PROXY_COMPILER");
  const command = other === undefined
    ? new Deno.Command(Deno.execPath(), {
      args: ["compile", "--no-config", "--no-lock", "--no-check", "--output", output, ...words],
      cwd,
    })
    : new Deno.Command(other, { args: [output, ...words], cwd });
  const { success, stderr } = await command.output();
  if (success) return;
  const said = new TextDecoder().decode(stderr);
  throw new Error(/denort|download/i.test(said) ? UNREACHABLE : said);
}

const UNREACHABLE =
  "deno compile could not download Deno's base runtime from Deno's own host. Either " +
  "set DENORT_BIN to a denort of this Deno's version, or use the npm package (deno task npm), which needs none.";

if (import.meta.main) {
  await runTask(async () => {
    await bundle();
    await compile(BINARY);
    for (const name of ["config.example.yaml", "config.schema.json"]) {
      await copy(new URL(name, ROOT), new URL(`dist/${name}`, ROOT));
    }
  });
}
