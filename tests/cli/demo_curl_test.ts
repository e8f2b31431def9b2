import assert from "node:assert/strict";
import { curlExamples } from "../../lib/cli/demo/curl.ts";

const url = "http://127.0.0.1:4711";

Deno.test("curlExamples() quotes bodies for a POSIX shell", () => {
  const bodies = curlExamples({ url, windows: false })
    .flatMap(({ command }) => / -d '([^']+)'$/.exec(command)?.[1] ?? []);
  assert.deepEqual(models(bodies), ["demo-chat", "demo-claude", "demo-cut", "demo-chta"]);
});

Deno.test("curlExamples() writes one line with escaped double quotes for cmd.exe", () => {
  const bodies = curlExamples({ url, windows: true })
    .flatMap(({ command }) => / -d "(\{.+\})"$/.exec(command)?.[1] ?? [])
    .map((body) => body.replaceAll('\\"', '"'));
  assert.deepEqual(models(bodies), ["demo-chat", "demo-claude", "demo-cut", "demo-chta"]);
});

function models(bodies: readonly string[]): string[] {
  return bodies.map((body) => JSON.parse(body).model);
}
