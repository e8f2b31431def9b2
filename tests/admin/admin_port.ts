/** A minimal admin port over the live routes: the listener's own safety is tested elsewhere. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { LIVE_ROUTES, type LiveContext } from "../../lib/admin/live_routes.ts";

export interface AdminPort extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Header lines of the latest request, by lower-case name. */
  readonly seen: Readonly<Record<string, string | string[] | undefined>>;
}

/** Starts it on a free port of loopback. */
export async function startAdminPort(context: LiveContext): Promise<AdminPort> {
  let seen: AdminPort["seen"] = {};
  const server = createServer(async (request, response) => {
    seen = request.headers;
    const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://localhost");
    const route = LIVE_ROUTES.find(({ method, path }) => {
      return method === request.method && path === pathname;
    });
    const sent = await text(request);
    const json = () => Promise.resolve(JSON.parse(sent));
    const answer = await route?.handle(context, { query, json });
    response.writeHead(answer?.status ?? 404, { "content-type": "application/json" });
    response.end(JSON.stringify(answer?.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get seen() {
      return seen;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
