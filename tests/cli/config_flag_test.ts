/** Commands that are printed to be copied: the name of a configuration is only a name in them. */
import assert from "node:assert/strict";
import { configFlag } from "../../lib/cli/config_flag.ts";

for (
  const name of [
    "a b.yaml",
    "a$(id).yaml",
    "a`id`.yaml",
    "a;id.yaml",
    "it's.yaml",
    "~.yaml",
    "a\\b",
    '"$HOME"',
  ]
) {
  Deno.test(`configFlag() is one word to a shell, nothing of it run: ${name}`, {
    ignore: Deno.build.os === "windows",
  }, async () => {
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", `printf '<%s>' ${configFlag(name, { isWindows: false })}`],
    }).output();
    assert.equal(new TextDecoder().decode(stdout), `<-config><${name}>`);
  });
}

Deno.test("configFlag() leaves an ordinary path bare, and Windows' in double quotes where it has spaces", () => {
  assert.equal(configFlag("/etc/llm-proxy/config.yaml"), " -config /etc/llm-proxy/config.yaml");
  assert.equal(configFlag("C:\\a\\b.yaml", { isWindows: true }), " -config C:\\a\\b.yaml");
  assert.equal(configFlag("C:\\a b.yaml", { isWindows: true }), ' -config "C:\\a b.yaml"');
});
