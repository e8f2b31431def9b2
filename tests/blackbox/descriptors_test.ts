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

/** Resolves once the program answers so many times in a row, within a minute. */
async function answers(url: string, times: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (let left = times; left > 0;) {
    assert.ok(performance.now() < deadline, `${left} of ${times} answers are missing`);
    const answer = await callRaw(url, { method: "GET", target: "/health" }).catch(() => undefined);
    left = answer !== undefined && textOf(answer) === "ok" ? left - 1 : times;
    if (answer === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

for (const workers of [1, 2]) {
  Deno.test({
    name:
      `F159: the program of ${workers} loops outlives running out of file descriptors, and listens again`,
    ignore: Deno.build.os !== "linux", // prlimit changes another process's limits on Linux alone
    async fn() {
      await using home = await makeHome(`${YAML}workers: ${workers}\n`);
      await using program = await startProgram(["-config", home.configFile]);
      await limitDescriptors(program.pid, 64);
      (await crowd(program.url, 120))[Symbol.dispose]();
      // Connections are dealt out by chance: a loop that does not listen would be found.
      await answers(program.url, workers === 1 ? 1 : 30);
    },
  });
}
