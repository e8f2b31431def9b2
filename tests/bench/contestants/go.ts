import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf } from "../machine/output_of.ts";
import { ALIAS, MODEL } from "../upstream/scripts.ts";
import type { Contestant } from "./contestant.ts";
import { CACHE } from "./cache.ts";
import { running } from "./running.ts";

const SOURCE = fileURLToPath(new URL("../go/", import.meta.url));
const BINARY = join(CACHE, "go-proxy");

/** The plain Go way to do what llm-proxy's first version did: tests/bench/go/main.go. */
export const go: Contestant = {
  name: "go",
  work: "parses the JSON body, rewrites the model, writes one log file a request with heads and " +
    "bodies of both directions; GOMAXPROCS=1. No fallback, no masking of credentials",
  find: async () => {
    const version = /go(\d\S*)/.exec(await outputOf("go", ["version"]) ?? "")?.[1];
    if (version === undefined) return { kind: "missing", advice: "apt-get install golang-go" };
    await outputOf("go", ["build", "-o", BINARY, "."], {
      cwd: SOURCE,
      env: { GOCACHE: join(CACHE, "go-build"), GOFLAGS: "-mod=mod", GOPROXY: "off" },
    });
    return { kind: "found", version };
  },
  start: async ({ processes, directory, backendPort, core }) => {
    const logs = join(directory, "requests");
    await Deno.mkdir(logs);
    const process = processes.start({
      command: BINARY,
      args: [`http://127.0.0.1:${backendPort}`, ALIAS, MODEL, logs],
      core,
      env: { GOMAXPROCS: "1" },
    });
    const port = Number((await process.firstLine).split(" ")[1]);
    return running({ name: "go", port, process });
  },
};
