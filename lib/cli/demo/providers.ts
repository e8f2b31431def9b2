/** The three providers of the demo, in this process, each on a free loopback port. */
import { breakConnections } from "./broken_provider.ts";
import { healthy, limited } from "./http_providers.ts";

export interface DemoProviders extends Disposable {
  /** The port of the one that answers. */
  readonly healthy: number;
  /** The port of the one that always says 429. */
  readonly limited: number;
  /** The port of the one that breaks its connections. */
  readonly breaks: number;
}

const HOSTNAME = "127.0.0.1";

/** Starts them; disposing stops them, connections included. */
export function startProviders(): DemoProviders {
  const stop = new AbortController();
  const listener = Deno.listen({ hostname: HOSTNAME, port: 0 });
  breakConnections(listener);
  return {
    healthy: serve(healthy, stop.signal),
    limited: serve(limited, stop.signal),
    breaks: listener.addr.port,
    [Symbol.dispose]() {
      stop.abort();
      listener.close();
    },
  };
}

function serve(handle: (request: Request) => Promise<Response>, signal: AbortSignal): number {
  const onError = () => new Response(null, { status: 500 });
  const options = { hostname: HOSTNAME, port: 0, signal, onListen: () => {}, onError };
  return Deno.serve(options, handle).addr.port;
}
