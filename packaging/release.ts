/**
 * `deno task compile:all`: compiles the program for every system, each into an archive with the
 * example configuration, README and licence, and writes SHA256SUMS beside them into dist/release/.
 */
import { zipSync } from "fflate";
import { bundle } from "./bundle.ts";
import { compile } from "./compile.ts";
import { copy } from "./copy.ts";
import { pathOf, ROOT, VERSION } from "./program.ts";
import { type Target, TARGETS } from "./targets.ts";
import { runTask } from "./task.ts";

export const RELEASE: URL = new URL("dist/release/", ROOT);

/** What stands beside the binary in an archive, as paths from the root. */
const COMPANIONS: readonly string[] = [
  "config.example.yaml",
  "config.schema.json",
  "README.md",
  "README.zh-CN.md",
  "LICENSE",
];

/** From the bundle as it stands. @returns the archive @throws {Error} where it cannot be compiled */
export async function archiveFor(target: Target, folder: URL = RELEASE): Promise<URL> {
  const name = `llm-proxy-${VERSION}-${target.name}`;
  const place = new URL(`${name}/`, folder);
  await compile(new URL("llm-proxy.exe", place), { target: target.triple });
  for (const file of COMPANIONS) await copy(new URL(file, ROOT), new URL(file, place));
  const archive = new URL(`${name}.${target.archive}`, folder);
  if (target.archive === "zip") await zip(place, archive);
  else await tar(place, archive);
  await Deno.remove(place, { recursive: true });
  return archive;
}

/** With the folder as the one entry at its top. */
async function zip(place: URL, archive: URL): Promise<void> {
  const top = place.pathname.split("/").at(-2) ?? "";
  const files: Record<string, Uint8Array> = {};
  for await (const { name } of Deno.readDir(place)) {
    files[`${top}/${name}`] = await Deno.readFile(new URL(name, place));
  }
  await Deno.writeFile(archive, zipSync(files));
}

async function tar(place: URL, archive: URL): Promise<void> {
  const top = place.pathname.split("/").at(-2) ?? "";
  const args = ["-czf", pathOf(archive), "-C", pathOf(new URL("../", place)), top];
  const { success, stderr } = await new Deno.Command("tar", { args }).output();
  if (!success) throw new Error(`tar failed: ${new TextDecoder().decode(stderr)}`);
}

/** As `sha256sum -c` reads it, for all archives of a folder in the order of their names. */
export async function writeChecksums(folder: URL = RELEASE): Promise<void> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => /\.(?:zip|tar\.gz)$/.test(name)).sort();
  const lines = await Promise.all(names.map(async (name) => {
    const digest = await crypto.subtle.digest(
      "SHA-256",
      await Deno.readFile(new URL(name, folder)),
    );
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0"));
    return `${hex.join("")}  ${name}\n`;
  }));
  await Deno.writeTextFile(new URL("SHA256SUMS", folder), lines.join(""));
}

/** All, or those that are named. @throws {Error} for a name that is none */
function chosen(names: readonly string[]): readonly Target[] {
  if (names.length === 0) return TARGETS;
  return names.map((name) => {
    const target = TARGETS.find((each) => each.name === name);
    const known = TARGETS.map((each) => each.name).join(", ");
    if (target === undefined) throw new Error(`"${name}" is no system of a release: ${known}`);
    return target;
  });
}

if (import.meta.main) {
  await runTask(async () => {
    const targets = chosen(Deno.args);
    await bundle();
    for (const target of targets) await archiveFor(target);
    await writeChecksums();
  });
}
