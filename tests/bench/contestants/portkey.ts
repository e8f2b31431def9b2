import { join } from "node:path";
import { freePort, listening } from "../machine/free_port.ts";
import { CACHE } from "./cache.ts";
import type { Contestant } from "./contestant.ts";
import { running } from "./running.ts";

const PLACE = join(CACHE, "portkey");
/**
 * The package takes any `@hono/node-server` from 1.3.3 on, but under Node 20 it answers every stream 500
 * with later ones (1.14.4 and 1.19.19 were tried). tests/bench/portkey/package.json holds it to 1.3.3.
 */
const INSTALL = "mkdir -p dist/bench/portkey && cp tests/bench/portkey/package.json " +
  "dist/bench/portkey && npm install --prefix dist/bench/portkey";
const PACKAGE = join(PLACE, "node_modules/@portkey-ai/gateway");

/** https://github.com/Portkey-AI/gateway, as its package comes. */
export const portkey: Contestant = {
  name: "portkey",
  work:
    "parses the JSON body and writes it anew for the provider openai at a custom host; no logs, " +
    "no fallback configured",
  find: async () => {
    try {
      const { version } = JSON.parse(await Deno.readTextFile(join(PACKAGE, "package.json")));
      return { kind: "found", version: String(version) };
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      return {
        kind: "missing",
        advice: INSTALL,
      };
    }
  },
  start: async ({ processes, backendPort, core }) => {
    const port = freePort();
    const process = processes.start({
      command: "node",
      args: [join(PACKAGE, "build/start-server.js"), "--headless", `--port=${port}`],
      core,
      env: { NODE_ENV: "production" },
    });
    await listening(port);
    const headers = [
      "x-portkey-provider: openai",
      `x-portkey-custom-host: http://127.0.0.1:${backendPort}/v1`,
    ];
    return running({ name: "portkey", port, process, headers, verbatim: false });
  },
};
