import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { hasDescriptors } from "../../lib/system/descriptors.ts";
import { isShortage } from "../../lib/system/shortage.ts";

const SCRIPT = fileURLToPath(new URL("./drained.ts", import.meta.url));
const MOST = 128;

/** What a scene of drained.ts comes to. */
async function sceneOf(name: string): Promise<unknown> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      `ulimit -n ${MOST}; exec "$@"`,
      "sh",
      Deno.execPath(),
      "run",
      "-A",
      "--quiet",
      "--no-check",
      SCRIPT,
      name,
    ],
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const onUnix = { ignore: Deno.build.os === "windows" };

Deno.test("hasDescriptors() tells whether so many can be opened, and leaves none open", () => {
  assert.equal(hasDescriptors(8), true);
});

Deno.test("isShortage() knows the system's names and numbers, and nothing of a person's to mend", () => {
  assert.ok(isShortage(Object.assign(new Error("x"), { code: "EMFILE" })));
  assert.ok(isShortage(new Error("Too many open files (os error 24)")));
  for (const cause of [undefined, "EMFILE", new Error("EMFILE"), new Deno.errors.NotFound("x")]) {
    assert.equal(isShortage(cause), false);
  }
  assert.equal(isShortage(Object.assign(new Error("x"), { code: "EACCES" })), false);
});

Deno.test({
  name: "H1: startThread() starts a thread or leaves it, however few descriptors are left",
  ...onUnix,
  async fn() {
    const told = await sceneOf("threads");
    const expected = Array.from({ length: 41 }, (_, left) => {
      return `${left}: ${left < 32 ? "postponed" : "loaded"}`;
    });
    assert.deepEqual(told, expected);
  },
});

Deno.test({
  name: "H1: FileThread without descriptors loses a file, says so, and writes the next one",
  ...onUnix,
  async fn() {
    assert.deepEqual(await sceneOf("files"), {
      lost: "Too many open files (os error 24)",
      kept: "text",
    });
  },
});

Deno.test({
  name: "H1: FileThread that has died without descriptors is started again when there are some",
  ...onUnix,
  async fn() {
    assert.deepEqual(await sceneOf("dead"), {
      lost: "Too many open files (os error 24)",
      kept: "text",
    });
  },
});

Deno.test({
  name:
    "H1: WorkerLoops puts a loop off while descriptors are short, and starts it when they are not",
  ...onUnix,
  async fn() {
    assert.equal(await sceneOf("loops"), "1");
  },
});

Deno.test({
  name: "H1: HistoryWriter opens its file when there are descriptors again, and loses nothing",
  ...onUnix,
  async fn() {
    assert.deepEqual(await sceneOf("history"), { rows: 1, lost: 0 });
  },
});

Deno.test({
  name: "H1: openAdminPort() waits for descriptors, and does not end the proxy",
  ...onUnix,
  async fn() {
    assert.deepEqual(await sceneOf("admin"), { said: 1, status: 200 });
  },
});
