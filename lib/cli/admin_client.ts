/** How a command asks the running proxy: over its admin port, found through the configuration. */
import { request } from "node:http";
import { loadConfig } from "../config/load.ts";
import { formatListen } from "../config/listen_address.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import type { AdminSettings } from "../config/snapshot.ts";

/** What came of it; each message is one line for a person. */
export type AdminReply =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly messages: readonly string[] };

export interface AdminCall {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly target: string;
  /** Sent as JSON; undefined for none. */
  readonly body?: unknown;
  /** A member that every answer to it has: whatever else listens there has not. */
  readonly member: string;
}

/** It answers from memory. */
const ANSWER_MS = 10_000;

/** Asks the proxy that runs with this configuration file. */
export async function askProxy(file: string, call: AdminCall): Promise<AdminReply> {
  const loaded = await loadConfig(file, { revision: 1, env: readEnv });
  if (!loaded.ok) return { ok: false, messages: loaded.problems.map(formatProblem) };
  const { admin } = loaded.snapshot;
  if (admin.listen === undefined) {
    return failed(`The admin port is turned off (admin.listen is "" in ${file}).`);
  }
  if (admin.listen.port === 0) {
    return failed(`admin.listen has port 0 in ${file}, so its port is not known: name one.`);
  }
  return await askAdmin(admin, call);
}

/** Asks whoever listens at `admin.listen`. */
export async function askAdmin(admin: AdminSettings, call: AdminCall): Promise<AdminReply> {
  const { listen = { hostname: "127.0.0.1", port: 0 } } = admin;
  const where = formatListen(listen);
  try {
    const { status, text } = await exchange({ hostname: reachable(listen.hostname), ...admin }, {
      ...call,
      port: listen.port,
    });
    return understood({ status, text }, call) ??
      failed(`What listens on ${where} is not the admin port of llm-proxy (status ${status}).`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return failed(`No proxy answers on ${where} (admin.listen): ${why}. Is it running?`);
  }
}

function failed(message: string): AdminReply {
  return { ok: false, messages: [message] };
}

/** An address to connect to, for one to listen on. */
function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}

/** By node:http, because fetch would go through the environment's proxy. */
function exchange(
  { hostname, token }: { readonly hostname: string; readonly token: string },
  { method, target, body, port }: AdminCall & { readonly port: number },
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const headers = {
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    ...(method === "POST" ? { "x-llm-proxy": "1", "content-type": "application/json" } : {}),
  };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const options = { hostname, port, method, path: target, headers, agent: false, signal } as const;
  const sent = request(options, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (piece: string) => text += piece);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    response.on("error", reject);
  });
  sent.on("error", reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

/** Undefined where it is no answer of the admin port's. */
function understood(
  { status, text }: { readonly status: number; readonly text: string },
  { member }: AdminCall,
): AdminReply | undefined {
  try {
    const body = JSON.parse(text);
    if (status === 200) return Object.hasOwn(body, member) ? { ok: true, body } : undefined;
    const message: unknown = body?.error?.message;
    return typeof message === "string" ? failed(message) : undefined;
  } catch {
    return undefined;
  }
}
