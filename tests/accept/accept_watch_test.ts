import assert from "node:assert/strict";
import { createServer } from "node:http";
import { watchAccepting } from "../../lib/accept/accept_watch.ts";
import { CLOSED_PORT } from "../peer.ts";

Deno.test("watchAccepting() listens again when listening again had failed", async () => {
  const relistened = Promise.withResolvers<void>();
  const faults: string[] = [];
  const unwatch = watchAccepting(createServer(), {
    port: CLOSED_PORT,
    hostname: "127.0.0.1",
    loops: 1,
    relisten: relistened.resolve,
    onFault: (line) => void faults.push(line),
    checkMs: 10,
  });
  await relistened.promise;
  unwatch();
  assert.match(faults[0] ?? "", /no longer accepted connections/);
});
