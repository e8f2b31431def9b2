/** A backend that is the proxy itself: every caller is told so, and the process lives. */
import assert from "node:assert/strict";
import { callRaw, textOf } from "../caller.ts";
import { makeHome, type Program, startProgram } from "./program.ts";

const CALLERS = 50;

/** A proxy whose only backend is the origin; `PORT` is its own port. */
async function withLoop(
  { listen = "127.0.0.1:PORT", url, more = "" }: {
    readonly listen?: string;
    readonly url: string;
    readonly more?: string;
  },
  act: (program: Program, url: string) => Promise<void>,
): Promise<void> {
  const port = freePort();
  await using home = await makeHome(
    `listen: "${listen}"
backends: [{name: itself, url: "${url}"}]
models: {m: [{backend: itself, model: m}]}
${more}`.replaceAll("PORT", String(port)),
  );
  const options = { cwd: home.directory, mostDescriptors: 400 };
  await using program = await startProgram(["-config", home.configFile], options);
  await act(program, `http://127.0.0.1:${port}`);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

function ask(url: string) {
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hello" }] });
  const lines = ["content-type: application/json"];
  return callRaw(url, { method: "POST", target: "/v1/chat/completions", body, lines });
}

const WAYS: readonly (readonly [string, Parameters<typeof withLoop>[0]])[] = [
  ["by its address", { url: "http://127.0.0.1:PORT/v1" }],
  ...hasIpv6()
    ? [["by its other address", { listen: ":PORT", url: "http://[::1]:PORT" }] as const]
    : [],
  ["by its name", { listen: ":PORT", url: "http://localhost:PORT/v1" }],
  ["where codes do not say 508", {
    url: "http://127.0.0.1:PORT/v1",
    more: "detection: {error_codes: [429, 500]}\n",
  }],
  ["in two event loops", { url: "http://127.0.0.1:PORT/v1", more: "workers: 2\n" }],
];

for (const [how, config] of WAYS) {
  Deno.test(`cases 14: a proxy whose backend is itself, ${how}, tells every caller so and lives`, async () => {
    await withLoop(config, async (program, url) => {
      const answers = await Promise.all(Array.from({ length: CALLERS }, () => ask(url)));
      for (const answer of answers) {
        assert.equal(answer.status, 508, textOf(answer));
        assert.match(textOf(answer), /leads back to the proxy's own port\. Set that url to/);
      }
      assert.equal((await callRaw(url, { method: "GET", target: "/health" })).status, 200);
      assert.equal((await ask(url)).status, 508);
      program.signal("SIGTERM");
      assert.equal((await program.exited).code, 0);
    });
  });
}

Deno.test("cases 14: two proxies that point at each other are bounded by limits.max_concurrent", async () => {
  const [one, other] = [freePort(), freePort()];
  const yaml = (port: number, next: number) =>
    `listen: "127.0.0.1:${port}"
backends: [{name: next, url: "http://127.0.0.1:${next}/v1"}]
models: {m: [{backend: next, model: m}]}
limits: {max_concurrent: 20}
`;
  await using homes = await makeHome(yaml(one, other));
  await using others = await makeHome(yaml(other, one));
  const start = ({ directory, configFile }: typeof homes) =>
    startProgram(["-config", configFile], { cwd: directory, mostDescriptors: 400 });
  await using first = await start(homes);
  await using second = await start(others);
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(first.url)));
  assert.ok(answers.every(({ status }) => status >= 500), answers.map(textOf).join("\n"));
  for (const { url } of [first, second]) {
    assert.equal((await callRaw(url, { method: "GET", target: "/health" })).status, 200);
  }
});
