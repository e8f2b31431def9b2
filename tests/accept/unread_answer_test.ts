import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { giveUpUnread } from "../../lib/accept/unread_answer.ts";

/** Whether all went out of a large answer that is given up after that long. */
async function answered({ patienceMs, reads }: { patienceMs: number; reads: boolean }) {
  const bytes = 16 * 1024 * 1024;
  const server = createServer((_request, response) => {
    response.end(new Uint8Array(bytes));
    giveUpUnread(response, bytes, { patienceMs });
    response.on("finish", () => over.resolve(true));
    response.on("close", () => over.resolve(false));
  });
  const over = Promise.withResolvers<boolean>();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const caller = connect({ port: address.port, host: "127.0.0.1" });
  caller.on("error", () => {});
  if (!reads) caller.pause();
  else caller.resume();
  caller.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const whole = await over.promise;
  caller.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
  return whole;
}

Deno.test("giveUpUnread() ends an answer that its caller does not read", async () => {
  assert.equal(await answered({ patienceMs: 200, reads: false }), false);
});

Deno.test("giveUpUnread() leaves alone one that is read", async () => {
  assert.equal(await answered({ patienceMs: 10_000, reads: true }), true);
});
