/** The admin port: dashboard, API, and whatever else hangs in its table of routes. */
import type { ListenAddress } from "../config/snapshot.ts";
import { answer } from "./answer.ts";
import type { AdminOptions } from "./context.ts";
import { createContext } from "./create_context.ts";
import { serve } from "./serve.ts";

export interface AdminServer {
  /** Where a browser reaches it, such as `http://127.0.0.1:8081`. */
  readonly url: string;
  /** From now on `/health` says so; everything else goes on until `close()`. */
  draining(): void;
  /** Ends every connection; nothing is watched any more. */
  close(): Promise<void>;
}

/**
 * Listens on the address, until it is closed.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function startAdmin(address: ListenAddress, options: AdminOptions): AdminServer {
  let isDraining = false;
  const waits = new Waits();
  const { context, watcher, loopsWatcher } = createContext(options, {
    port: address.port,
    isDraining: () => isDraining,
    wait: (ms) => waits.wait(ms),
  });
  const listener = serve({
    address,
    handler: (incoming) => answer(incoming, { context, address }),
    onFault: (line) => options.state.log.error(`Admin port: ${line}`),
  });
  const unwatch = options.state.journal.watch(watcher);
  const unwatchLoops = options.otherLoops.watch(loopsWatcher);
  return {
    url: urlOf(address, listener.port),
    draining: () => void (isDraining = true),
    async close() {
      unwatch();
      unwatchLoops();
      context.feed.close();
      waits.endAll();
      await listener.close();
    },
  };
}

/** Waits that end early when there is nothing to wait for any more. */
class Waits {
  readonly #ends = new Set<() => void>();

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#ends.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#ends.add(end);
    });
  }

  endAll(): void {
    for (const end of this.#ends) end();
  }
}

function urlOf({ hostname }: ListenAddress, port: number): string {
  const shown = ["", "0.0.0.0", "::"].includes(hostname) ? "127.0.0.1" : hostname;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}
