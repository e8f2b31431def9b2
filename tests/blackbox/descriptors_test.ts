import assert from "node:assert/strict";
import { callRaw, textOf } from "../caller.ts";
import { makeHome, startProgram } from "./program.ts";

const YAML = `
backends: [{ name: unused, url: "http://127.0.0.1:9" }]
models: { chat: [{ backend: unused, model: m }] }
`;

/** Lowers how many files and sockets a process may have open. */
async function limitDescriptors(pid: number, most: number): Promise<void> {
  const args = ["--pid", String(pid), `--nofile=${most}:${most}`];
  const { success } = await new Deno.Command("prlimit", { args }).output();
  assert.ok(success, "prlimit failed");
}

/** Opens connections, more than the process may hold, and leaves them idle. */
async function crowd(url: string, count: number): Promise<Disposable> {
  const { hostname, port } = new URL(url);
  const connecting = Array.from({ length: count }, () => {
    return Deno.connect({ hostname, port: Number(port) });
  });
  // Some are reset: that is what a crowd is for.
  const opened = (await Promise.allSettled(connecting)).filter((each) =>
    each.status === "fulfilled"
  );
  return { [Symbol.dispose]: () => opened.forEach(({ value }) => value.close()) };
}

/** What the program answers once it does, within a minute. */
async function answered(url: string): Promise<string> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const answer = await callRaw(url, { method: "GET", target: "/health" }).catch(() => undefined);
    if (answer !== undefined) return textOf(answer);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return "nothing";
}

Deno.test({
  name: "F159: the program outlives running out of file descriptors, and listens again",
  ignore: Deno.build.os !== "linux", // prlimit changes another process's limits on Linux alone
  async fn() {
    await using home = await makeHome(YAML);
    await using program = await startProgram(["-config", home.configFile]);
    await limitDescriptors(program.pid, 64);
    (await crowd(program.url, 120))[Symbol.dispose]();
    assert.equal(await answered(program.url), "ok");
  },
});
