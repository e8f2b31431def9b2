/** Listens with what this Deno listens with best. */
import { createServer } from "node:net";
import { listenWithDenoServe } from "./deno_serve.ts";
import { type Listener, listenError, type ListenOptions } from "./listener.ts";
import { listenWithNodeHttp } from "./node_http.ts";

/**
 * From 2.8.3 on, Deno.serve does not tell when a caller leaves before its response, unless the
 * whole request came in one small packet; before that, node:http did not cut a response for good.
 * See docs/decisions/0005.
 *
 * @throws {ListenError} where the operating system refuses
 */
export async function listen(options: ListenOptions): Promise<Listener> {
  if (options.sharing?.isFirst === true) await proveFree(options);
  const [major = 0, minor = 0, patch = 0] = Deno.version.deno.split(".").map(Number);
  const silent = major > 2 || (major === 2 && (minor > 8 || (minor === 8 && patch >= 3)));
  return await (silent ? listenWithNodeHttp(options) : listenWithDenoServe(options));
}

/** A shared port lets in another process too, without a word: so it is bound alone first. */
function proveFree({ address }: ListenOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer();
  server.on("connection", (socket) => socket.destroy());
  server.on("error", (cause) => reject(listenError(address, cause)));
  server.listen({ host: address.hostname, port: address.port }, () => {
    server.close(() => resolve());
  });
  return promise;
}
