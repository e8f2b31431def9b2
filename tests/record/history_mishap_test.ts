/** What can befall the history's file under the running program, seen from its first bytes and its size. */
import assert from "node:assert/strict";
import { HistorySight } from "../../lib/record/history_mishap.ts";

const PAGE_BYTES = 4096;

Deno.test("HistorySight.look() takes no file for damaged that a full disk kept from growing", async () => {
  await using file = await databaseOf({ pages: 10, size: 2 * PAGE_BYTES });
  const sight = new HistorySight(file.path, file.handle);
  for (let looks = 0; looks < 3; looks++) assert.equal(await sight.look(), undefined);
});

Deno.test("HistorySight.look() takes a file that was cut for damaged, at the second look", async () => {
  await using file = await databaseOf({ pages: 2, size: 2 * PAGE_BYTES });
  const sight = new HistorySight(file.path, file.handle);
  assert.equal(await sight.look(), undefined);
  await Deno.truncate(file.path, PAGE_BYTES);
  assert.equal(await sight.look(), undefined);
  assert.equal(await sight.look(), "damaged");
});

/** A file that begins as SQLite's do and says that it has so many pages. */
async function databaseOf({ pages, size }: { readonly pages: number; readonly size: number }) {
  const path = await Deno.makeTempFile();
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode("SQLite format 3\0"));
  const view = new DataView(bytes.buffer);
  view.setUint16(16, PAGE_BYTES);
  view.setUint32(28, pages);
  await Deno.writeFile(path, bytes);
  const handle = await Deno.open(path);
  return {
    path,
    handle,
    async [Symbol.asyncDispose]() {
      handle.close();
      await Deno.remove(path);
    },
  };
}
