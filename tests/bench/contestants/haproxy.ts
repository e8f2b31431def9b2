import { join } from "node:path";
import { freePort, listening } from "../machine/free_port.ts";
import { outputOf } from "../machine/output_of.ts";
import type { Contestant, StartContestant } from "./contestant.ts";
import { running } from "./running.ts";

/** https://docs.haproxy.org/2.6/configuration.html */
export const haproxy: Contestant = {
  name: "haproxy",
  work: "passes heads and bodies on over kept connections, unread; one thread, no logs",
  find: async () => {
    const version = /version (\S+)/.exec(await outputOf("haproxy", ["-v"]) ?? "")?.[1];
    if (version !== undefined) return { kind: "found", version };
    return { kind: "missing", advice: "apt-get install haproxy" };
  },
  start: async (options) => {
    const port = freePort();
    const file = join(options.directory, "haproxy.cfg");
    await Deno.writeTextFile(file, configuration(port, options));
    const process = options.processes.start({
      command: "haproxy",
      args: ["-db", "-f", file],
      core: options.core,
    });
    await listening(port);
    return running({ name: "haproxy", port, process });
  },
};

/** HAProxy counts callers' connections, each with one towards the backend, and keeps some for itself. */
function configuration(port: number, { backendPort, descriptors }: StartContestant): string {
  return `
global
  nbthread 1
  maxconn ${Math.floor((descriptors - 100) / 2)}
defaults
  mode http
  http-reuse always
  option http-no-delay
  timeout connect 10s
  timeout client 600s
  timeout server 600s
frontend callers
  bind 127.0.0.1:${port} backlog 4096
  default_backend scripted
backend scripted
  server one 127.0.0.1:${backendPort}
`;
}
