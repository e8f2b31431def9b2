/** The admin port of a running proxy: opened after the proxy listens, drained with it. */
import { type AdminServer, startAdmin } from "../admin/admin_server.ts";
import type { AdminOptions } from "../admin/context.ts";
import { ListenError } from "../listener/listen_error.ts";
import type { RunningServer } from "../server.ts";

/**
 * Undefined where the configuration turns it off, or where its default address is taken: that is
 * warned of, since somebody who asked for no dashboard must not go without a proxy for it.
 *
 * @throws {ListenError} where the configuration names an address that is taken
 */
export async function openAdminPort(options: AdminOptions): Promise<AdminServer | undefined> {
  const { listen, isWritten } = options.current().admin;
  if (listen === undefined) return undefined;
  try {
    return await startAdmin(listen, options);
  } catch (cause) {
    if (!(cause instanceof ListenError)) throw cause;
    const message = cause.message.replace(/change listen$/, "change admin.listen");
    if (isWritten) throw new ListenError(message, { cause });
    options.state.log.warn(`No dashboard: cannot listen on ${message}; "" turns it off.`);
    return undefined;
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
