import assert from "node:assert/strict";
import { join } from "node:path";
import { unwritableLogs } from "../../lib/record/log_directories.ts";
import { NO_LOGS } from "../routing.ts";

/** What is said of these log places in a directory that holds one file, `file`. */
async function unwritable(places: Readonly<Record<string, string>>) {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  try {
    await Deno.writeTextFile(join(directory, "file"), "");
    const paths = Object.entries(places).map(([key, path]) => [key, join(directory, path)]);
    const lines = await unwritableLogs({ ...NO_LOGS, ...Object.fromEntries(paths) });
    const made = Array.from(Deno.readDirSync(directory), ({ name }) => name).sort();
    return { lines: lines.map((line) => line.replaceAll(directory, "DIR")), made };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("unwritableLogs() makes the directories and leaves nothing in them", async () => {
  const places = { requestDir: "r", errorDir: "e", generalFile: "g/proxy.log" };
  assert.deepEqual(await unwritable(places), { lines: [], made: ["e", "file", "g", "r"] });
});

Deno.test("unwritableLogs() names each key and directory that cannot be written", async () => {
  const places = { requestDir: "file/r", errorDir: "e", generalFile: "file/proxy.log" };
  const { lines } = await unwritable(places);
  assert.equal(lines.length, 2);
  const says = /: cannot write to DIR\/file\S*: .+\. The proxy serves without that log\.$/;
  for (const line of lines) assert.match(line, says);
  assert.match(lines[0] ?? "", /^logging\.request_dir: /);
  assert.match(lines[1] ?? "", /^logging\.general_file: /);
});

Deno.test("unwritableLogs() asks nothing of logs that are turned off", async () => {
  assert.deepEqual(await unwritableLogs(NO_LOGS), []);
});
