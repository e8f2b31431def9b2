/** Listens with what this Deno listens with best. */
import { listenWithDenoServe } from "./deno_serve.ts";
import type { Listener, ListenOptions } from "./listener.ts";
import { listenWithNodeHttp } from "./node_http.ts";

/**
 * From 2.8.3 on, Deno.serve does not tell when a caller leaves before its response, unless the
 * whole request came in one small packet; before that, node:http did not cut a response for good.
 * See docs/decisions/0005.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function listen(options: ListenOptions): Promise<Listener> {
  const [major = 0, minor = 0, patch = 0] = Deno.version.deno.split(".").map(Number);
  const silent = major > 2 || (major === 2 && (minor > 8 || (minor === 8 && patch >= 3)));
  return silent ? listenWithNodeHttp(options) : listenWithDenoServe(options);
}
