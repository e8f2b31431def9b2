/** What a release is made of, as far as it can be made without Deno's base runtime. */
import assert from "node:assert/strict";
import { writeChecksums } from "../../packaging/release.ts";
import { TARGETS } from "../../packaging/targets.ts";

Deno.test("a release is built for five systems, of which this is one", () => {
  const names = TARGETS.map(({ name }) => name);
  assert.deepEqual(names, ["windows-x64", "linux-x64", "linux-arm64", "macos-x64", "macos-arm64"]);
  assert.ok(
    Deno.build.arch !== "x86_64" || TARGETS.some(({ triple }) => triple === Deno.build.target),
  );
});

Deno.test("writeChecksums() lists the archives of a folder, as sha256sum -c reads it", async () => {
  const path = await Deno.makeTempDir();
  const folder = new URL(`file://${path}/`);
  await Deno.writeTextFile(new URL("b.zip", folder), "");
  await Deno.writeTextFile(new URL("a.tar.gz", folder), "abc");
  await Deno.writeTextFile(new URL("notes.txt", folder), "no archive");
  await writeChecksums(folder);
  assert.equal(
    await Deno.readTextFile(new URL("SHA256SUMS", folder)),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.tar.gz\n" +
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  b.zip\n",
  );
  await Deno.remove(path, { recursive: true });
});
