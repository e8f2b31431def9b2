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
  const connections = await Promise.all(connecting);
  return { [Symbol.dispose]: () => connections.forEach((connection) => connection.close()) };
}

Deno.test({
  name: "F159: the program outlives running out of file descriptors, and listens again",
  ignore: Deno.build.os !== "linux", // prlimit changes another process's limits on Linux alone
  async fn() {
    await using home = await makeHome(YAML);
    await using program = await startProgram(["-config", home.configFile]);
    await limitDescriptors(program.pid, 64);
    (await crowd(program.url, 120))[Symbol.dispose]();
    let answer = "";
    for (let tries = 0; answer === "" && tries < 10; tries++) {
      answer = await callRaw(program.url, { method: "GET", target: "/health" }).then(textOf)
        .catch(() => "");
    }
    assert.equal(answer, "ok");
  },
});
