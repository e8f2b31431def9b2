/** Of the archives in dist/release/: checksums, manifests of package managers and the release's notes. */
import { checksumsBySystem, manifestsFor } from "./manifests.ts";
import { notesFor } from "./notes.ts";
import { ROOT } from "./program.ts";
import { RELEASE, writeChecksums } from "./release.ts";
import { runTask } from "./task.ts";

async function assemble(tag = "", repository = ""): Promise<void> {
  const version = tag.replace(/^v/, "");
  if (version === "" || !/^[^/\s]+\/[^/\s]+$/.test(repository)) {
    throw new Error("usage: assemble.sh v1.2.3 owner/repository");
  }
  await writeChecksums();
  const sums = await Deno.readTextFile(new URL("SHA256SUMS", RELEASE));
  const checksums = checksumsBySystem(sums, version);
  for (const [name, text] of manifestsFor({ version, repository, checksums })) {
    await Deno.writeTextFile(new URL(name, RELEASE), text);
  }
  const notes = notesFor(version, await Deno.readTextFile(new URL("CHANGELOG.md", ROOT)));
  if (notes === undefined) throw new Error(`CHANGELOG.md has no section "## ${version}".`);
  await Deno.writeTextFile(new URL("dist/notes.md", ROOT), `${notes}\n`);
}

if (import.meta.main) await runTask(() => assemble(...Deno.args));
