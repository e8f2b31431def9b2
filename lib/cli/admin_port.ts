/** The admin port of a running proxy: opened after the proxy listens, drained with it. */
import { type AdminServer, startAdmin } from "../admin/admin_server.ts";
import type { AdminOptions } from "../admin/context.ts";
import type { ListenAddress } from "../config/snapshot.ts";
import { ListenError } from "../listener/listen_error.ts";
import type { RunningServer } from "../server.ts";
import { isShortage } from "../system/shortage.ts";

/** Between two tries where descriptors are short. */
const AGAIN_MS = 1_000;

/**
 * Undefined where the configuration turns it off, or where its default address is taken: that is
 * warned of, since somebody who asked for no dashboard must not go without a proxy for it. Where
 * descriptors are short it is tried until there are some.
 *
 * @param onShortage called where descriptors are short, once
 * @throws {ListenError} where the configuration names an address that is taken
 */
export async function openAdminPort(
  options: AdminOptions,
  onShortage: () => void = () => {},
): Promise<AdminServer | undefined> {
  const { listen, isWritten } = options.current().admin;
  if (listen === undefined) return undefined;
  try {
    return await startWithDescriptors(listen, options, onShortage);
  } catch (cause) {
    if (!(cause instanceof ListenError)) throw cause;
    const message = cause.message.replace(/change listen$/, "change admin.listen");
    if (isWritten) throw new ListenError(message, { cause });
    options.state.log.warn(`No dashboard: cannot listen on ${message}; "" turns it off.`);
    return undefined;
  }
}

async function startWithDescriptors(
  listen: ListenAddress,
  options: AdminOptions,
  onShortage: () => void,
): Promise<AdminServer> {
  for (let tries = 0;; tries++) {
    try {
      return await startAdmin(listen, options);
    } catch (cause) {
      if (!(cause instanceof ListenError && isShortage(cause.cause))) throw cause;
      if (tries === 0) {
        options.state.log.warn(
          `No dashboard yet: ${cause.message}. It is tried again every second.`,
        );
        onShortage();
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The proxy with its admin port, which goes on while the proxy drains, and says that it does. */
export function withAdmin(server: RunningServer, admin: AdminServer | undefined): RunningServer {
  if (admin === undefined) return server;
  return {
    ...server,
    async drain(drainMs) {
      admin.draining();
      await server.drain(drainMs);
      await admin.close();
    },
  };
}
