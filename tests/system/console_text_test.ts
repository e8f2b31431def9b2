import assert from "node:assert/strict";
import { consoleText } from "../../lib/system/console_text.ts";

Deno.test("consoleText() says our own signs in ASCII on Windows, and leaves what users named", () => {
  assert.equal(
    consoleText("key \u2026a3f2 \u2192 \u4e2d\u8f6c\u7ad9", "windows"),
    "key ...a3f2 -> \u4e2d\u8f6c\u7ad9",
  );
});

Deno.test("consoleText() leaves text as it is elsewhere", () => {
  for (const os of ["linux", "darwin"]) {
    assert.equal(consoleText("key \u2026a3f2", os), "key \u2026a3f2");
  }
});

Deno.test("no line of ours goes to the console with another sign beyond ASCII", async () => {
  for (const file of await sources(new URL("../../lib/", import.meta.url))) {
    const texts = (await Deno.readTextFile(file)).match(/`[^`]*`|"[^"\n]*"/g) ?? [];
    for (const text of texts) {
      assert.doesNotMatch(consoleText(text, "windows"), OTHER_SIGNS, `${file.pathname}: ${text}`);
    }
  }
});

/** Signs, as opposed to the letters of those whose errors are recognized. */
const OTHER_SIGNS = /[\u2190-\u21ff\u2200-\u22ff\u2300-\u23ff\u2500-\u27bf]/;

/** The modules that write to a console: what the dashboard shows is a browser's matter. */
async function sources(directory: URL): Promise<URL[]> {
  const found: URL[] = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    const at = new URL(isDirectory ? `${name}/` : name, directory);
    if (isDirectory && name !== "admin") found.push(...await sources(at));
    else if (name.endsWith(".ts")) found.push(at);
  }
  return found;
}
