import { fileURLToPath } from "node:url";
import type { Contestant } from "./contestant.ts";
import { running } from "./running.ts";

const PROXY = fileURLToPath(new URL("bare_proxy.ts", import.meta.url));

/** What is left when all the work is left out, on the same runtime: the floor of each row. */
export const bare: Contestant = {
  name: "bare",
  work:
    "passes on what comes, on Deno's own sockets, unread but for its length, and checks nothing: " +
    "the floor of this runtime",
  find: () => Promise.resolve({ kind: "found", version: `Deno ${Deno.version.deno}` }),
  start: async ({ processes, backendPort, backendRoot, core }) => {
    const root = backendRoot === undefined ? [] : [backendRoot];
    const process = processes.start({
      command: Deno.execPath(),
      args: ["run", "--no-prompt", "--allow-net", "--allow-read", PROXY, `${backendPort}`, ...root],
      core,
    });
    const port = Number((await process.firstLine).split(" ")[1]);
    return running({ name: "bare", port, process });
  },
};
