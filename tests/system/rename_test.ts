import assert from "node:assert/strict";
import { renameOver } from "../../lib/system/rename.ts";

/** Refuses so many times, as Windows does while somebody has the file open. */
function held(times: number, kind: new (message: string) => Error = Deno.errors.PermissionDenied) {
  let left = times;
  const pauses: number[] = [];
  return {
    pauses,
    rename: () => left-- > 0 ? Promise.reject(new kind("held")) : Promise.resolve(),
    pause: (ms: number) => (pauses.push(ms), Promise.resolve()),
  };
}

Deno.test("renameOver() tries again on Windows while somebody has the file open", async () => {
  const file = held(3);
  await renameOver("a", "b", { os: "windows", ...file });
  assert.equal(file.pauses.length, 3);
});

Deno.test("renameOver() gives up after a second, with what was wrong", async () => {
  const file = held(Infinity);
  await assert.rejects(
    renameOver("a", "b", { os: "windows", ...file }),
    Deno.errors.PermissionDenied,
  );
  assert.equal(file.pauses.reduce((sum, ms) => sum + ms, 0), 1_000);
});

Deno.test("renameOver() throws at once what no waiting helps, and elsewhere everything", async () => {
  const missing = held(1, Deno.errors.NotFound);
  await assert.rejects(renameOver("a", "b", { os: "windows", ...missing }), Deno.errors.NotFound);
  const refused = held(1);
  await assert.rejects(
    renameOver("a", "b", { os: "linux", ...refused }),
    Deno.errors.PermissionDenied,
  );
  assert.deepEqual([...missing.pauses, ...refused.pauses], []);
});
