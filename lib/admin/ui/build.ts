/** `deno task ui`: bundles the dashboard into lib/admin/dist/. The same sources give the same bytes. */

const UI = new URL("./", import.meta.url);
const DIST = new URL("../dist/", import.meta.url);
const PLOT_CSS = import.meta.resolve("uplot/dist/uPlot.min.css");

/** @throws {Error} where `deno bundle` fails */
export async function buildUi(target: URL): Promise<void> {
  await Deno.mkdir(target, { recursive: true });
  await bundle(new URL("app.js", target));
  await Deno.writeTextFile(new URL("app.css", target), await styles());
  for (const file of ["index.html", "icon.svg"]) {
    await Deno.copyFile(new URL(file, UI), new URL(file, target));
  }
}

async function bundle(target: URL): Promise<void> {
  const flags = ["bundle", "--quiet", "--platform", "browser", "--minify"];
  const args = [...flags, "--output", target.pathname, new URL("main.tsx", UI).pathname];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  if (!success) throw new Error(`deno bundle failed: ${new TextDecoder().decode(stderr)}`);
}

/** The parts in the order of their names; dark colours also where the system wants them. */
async function styles(): Promise<string> {
  const names = [...Deno.readDirSync(new URL("css/", UI))].map(({ name }) => name).sort();
  const parts = await Promise.all(
    names.map((name) => Deno.readTextFile(new URL(`css/${name}`, UI))),
  );
  const plots = await Deno.readTextFile(new URL(PLOT_CSS));
  return shrunk([plots, ...parts.map(withSystemTheme)].join("\n"));
}

const DARK = /:root\[data-theme="dark"\] (\{[^}]*\})/;

function withSystemTheme(css: string): string {
  const dark = (_: string, colours: string) =>
    `@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) ${colours} }\n` +
    `:root[data-theme="dark"] ${colours}`;
  return css.replace(DARK, dark);
}

/** Without comments and white space that means nothing. */
function shrunk(css: string): string {
  const bare = css.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s+/g, " ");
  return `${bare.replace(/\s*([{};,>])\s*/g, "$1").replace(/: /g, ":").trim()}\n`;
}

if (import.meta.main) await buildUi(DIST);
