/** `llm-proxy health`: whether the proxy that a configuration describes answers, for scripts and containers. */
import { formatListen } from "../config/listen_address.ts";
import { type ListenerAlone, readListenerAlone } from "../config/listener_alone.ts";
import { readEnv } from "../config/read_env.ts";
import type { ListenAddress } from "../config/snapshot.ts";
import { askLiveness, type LivenessAnswer, TooLate } from "./liveness.ts";
import { maskedOutput } from "./masked_output.ts";
import type { Output } from "./output.ts";
import { safe } from "./table.ts";

export interface HealthOptions {
  /** The configuration file, of which `listen` and `tls` alone are read. */
  readonly config: string;
  readonly json: boolean;
  /** Default the process's own. */
  readonly env?: (name: string) => string | undefined;
  /** How long it may take in all, in milliseconds; default 3 s. */
  readonly withinMs?: number;
}

/** What came of it: the line is one for a person. */
interface Health {
  readonly isHealthy: boolean;
  /** Where it was asked; empty where that is not known. */
  readonly url: string;
  readonly line: string;
}

/** A container's runtime, too, gives up after some seconds. */
const WITHIN_MS = 3_000;

/** Prints one line. Exit status 0 where it answers as ours do, else 1. */
export async function health(options: HealthOptions, to: Output): Promise<number> {
  const output = maskedOutput(to);
  const { isHealthy, url, line } = await healthOf(options);
  if (options.json) output.out(JSON.stringify({ healthy: isHealthy, url, message: safe(line) }));
  else (isHealthy ? output.out : output.err)(safe(line));
  return isHealthy ? 0 : 1;
}

async function healthOf(options: HealthOptions): Promise<Health> {
  const { config, env = readEnv, withinMs = WITHIN_MS } = options;
  const read = await readListenerAlone(config, env);
  if (!read.ok) return unknown(`${read.reason}. Name the running proxy's file with -config.`);
  if (read.value.listen.port === 0) {
    return unknown(`listen has port 0 in ${config}, so its port is not known: name one there.`);
  }
  const addresses = addressesFor(read.value.listen);
  const tried: Health[] = [];
  for (const address of addresses) {
    const one = await ask(address, { ...read.value, withinMs: withinMs / addresses.length });
    if (one.isHealthy) return one;
    tried.push(one);
  }
  return tried[0] ?? unknown("");
}

function unknown(line: string): Health {
  return { isHealthy: false, url: "", line };
}

/** Where to connect, for an address to listen on: an interface is any, or one of this machine's. */
function addressesFor({ hostname, port }: ListenAddress): readonly ListenAddress[] {
  const name = hostname.toLowerCase();
  const hosts = name === "" || name === "localhost"
    ? ["127.0.0.1", "::1"]
    : [name === "0.0.0.0" ? "127.0.0.1" : name === "::" ? "::1" : hostname];
  return hosts.map((host) => ({ hostname: host, port }));
}

interface Asking extends ListenerAlone {
  readonly withinMs: number;
}

async function ask(address: ListenAddress, { isSecure, withinMs }: Asking): Promise<Health> {
  const url = `${isSecure ? "https" : "http"}://${formatListen(address)}`;
  try {
    const answer = await askLiveness(address, { isSecure, withinMs });
    if (answer.status === 200 && answer.body.trim() === "ok") {
      return { isHealthy: true, url, line: `${url} answers.` };
    }
    return { isHealthy: false, url, line: `${url}${strangeWords(answer, isSecure)}` };
  } catch (cause) {
    return { isHealthy: false, url, line: `${url}${silentWords(cause, withinMs)}` };
  }
}

function strangeWords({ status }: LivenessAnswer, isSecure: boolean): string {
  const what = status === 0 ? "it speaks no HTTP here" : `GET /health has status ${status}`;
  const end = isSecure ? "taken out of" : "put into";
  return ` is not answered by llm-proxy as this file describes it: ${what}. Is something else on that ` +
    `port, or was tls ${end} the file since the proxy started? Restart it then.`;
}

const REFUSED =
  " does not answer: nothing listens there. Start llm-proxy, or look into its log for " +
  "why it ended; if listen was changed since it started, restart it.";

/** OpenSSL's and rustls's words for an answer that is no TLS. */
const NO_TLS = /InvalidContentType|corrupt message|wrong version/i;

function silentWords(cause: unknown, withinMs: number): string {
  if (cause instanceof TooLate) {
    return ` does not answer within ${
      withinMs / 1000
    } s. It may be stuck or short of processor time: ` +
      "look into its log, and restart it.";
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  if (/ECONNREFUSED/.test(said)) return REFUSED;
  if (NO_TLS.test(said)) {
    return " speaks no TLS, though tls is in the file: restart llm-proxy to begin with it.";
  }
  const [line = ""] = said.split("\n");
  return ` cannot be asked: ${line}. See that listen names an address of this machine.`;
}
