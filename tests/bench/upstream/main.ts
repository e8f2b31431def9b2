/** The scripted backend as a process: says its port on the first line, and serves until it is ended. */
import { makeReplies, serveConnection } from "./answer.ts";

const replies = makeReplies();
// Longer than the default queue of 511: one measure opens 10,000 connections at a time.
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4_096 });
Deno.stdout.writeSync(new TextEncoder().encode(`port ${listener.addr.port}\n`));

for await (const connection of listener) {
  serveConnection(connection, replies).catch((cause) => {
    Deno.stderr.writeSync(new TextEncoder().encode(`${cause}\n`));
  });
}
