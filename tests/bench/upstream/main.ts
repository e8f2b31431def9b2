/**
 * The scripted backend as a process: says its ports, of HTTP and of HTTPS, on the first line, and serves
 * until it is ended.
 */
import { KEY, RIGHT } from "../../faults/certificates.ts";
import { makeReplies, serveConnection } from "./answer.ts";

const replies = makeReplies();
// Longer than the default queue of 511: one measure opens 10,000 connections at a time.
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4_096 });
const secure = Deno.listenTls({
  hostname: "127.0.0.1",
  port: 0,
  cert: RIGHT,
  key: KEY,
  alpnProtocols: ["http/1.1"],
});
const ports = `ports ${listener.addr.port} ${secure.addr.port}\n`;
Deno.stdout.writeSync(new TextEncoder().encode(ports));

await Promise.all([serve(listener), serve(secure)]);

async function serve(connections: AsyncIterable<Deno.TcpConn | Deno.TlsConn>): Promise<void> {
  for await (const connection of connections) {
    serveConnection(connection, replies).catch((cause) => {
      Deno.stderr.writeSync(new TextEncoder().encode(`${cause}\n`));
    });
  }
}
