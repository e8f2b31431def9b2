import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:tls";
import { connectTo } from "../caller.ts";
import { AUTHORITY, KEY, RIGHT } from "../faults/certificates.ts";
import { visit } from "../faults/machine.ts";
import { SWITCHING, upgradeBytes } from "./raw.ts";

// Whom Deno trusts is settled when a process starts: hence a program.
Deno.test("a tunnel to a backend behind TLS carries bytes both ways and ends with its caller", async () => {
  await using stack = new AsyncDisposableStack();
  const gone = Promise.withResolvers<void>();
  const server = createServer({ key: KEY, cert: RIGHT }, (socket) => {
    socket.on("error", () => {});
    socket.on("close", () => gone.resolve());
    socket.once("data", () => {
      socket.write(SWITCHING + "hello");
      socket.on("data", (chunk) => socket.write(chunk));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  const trusted = await Deno.makeTempFile();
  stack.defer(() => Deno.remove(trusted));
  await Deno.writeTextFile(trusted, AUTHORITY);
  const yaml = `backends: [{ name: b, url: "https://127.0.0.1:${address.port}" }]
models: { chat: [{ backend: b, model: m }] }`;
  const program = stack.use(await visit(yaml, { env: { DENO_CERT: trusted } }));
  const caller = stack.use(await connectTo(program.url));
  await caller.send(upgradeBytes("/v1/realtime?model=chat"));
  await caller.until("hello");
  const much = "0123456789".repeat(200_000) + "end";
  await caller.send(much);
  await caller.until("end");
  const left = performance.now();
  caller.leave();
  await gone.promise;
  assert.ok(performance.now() - left < 1000);
});
