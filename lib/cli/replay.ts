/** `llm-proxy replay`: sends a logged request again, or prints it as curl. */
import { environmentProxies } from "../config/environment_proxy.ts";
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import { readText } from "../config/read_text.ts";
import { parseRequestLog, type RequestLog } from "../record/parse_request_log.ts";
import { KEY_VARIABLE } from "../replay/curl.ts";
import { curlReplayOf } from "../replay/curl_replay.ts";
import { proxyBackend } from "../replay/proxy_backend.ts";
import { type Replay, replayOf } from "../replay/replay_request.ts";
import { send } from "../replay/send.ts";
import { logFileFor } from "./logged_request.ts";
import { maskedOutput } from "./masked_output.ts";
import type { Output } from "./output.ts";

export interface ReplayArguments {
  /** A request's log file, or the id that lines of the general log end with, or how that begins. */
  readonly file: string;
  /** The configuration, which says where the proxy listens and what the backends are. */
  readonly config: string;
  /** The backend to send to instead of the proxy; undefined for the proxy. */
  readonly backend: string | undefined;
  /** Whether to print a line of curl instead. */
  readonly curl: boolean;
}

export interface ReplayIo extends Output {
  /** The reply's bytes as they come. */
  readonly write: (chunk: Uint8Array) => Promise<void>;
  readonly env?: (name: string) => string | undefined;
}

const PROGRESS_MS = 1_000;

/** Exit status 0 where a reply came whole, else 1. */
export async function replay(args: ReplayArguments, to: ReplayIo): Promise<number> {
  const env = to.env ?? readEnv;
  const loaded = await loadConfig(args.config, { revision: 1, env });
  if (!loaded.ok) {
    const { err } = maskedOutput(to);
    loaded.problems.forEach((problem) => err(formatProblem(problem)));
    return 1;
  }
  const { snapshot } = loaded;
  // A backend may say the key that it was sent.
  const io = { ...to, ...maskedOutput(to, snapshot.secrets) };
  const found = await logFileFor(args.file, snapshot);
  if (!found.ok) return impossible(args.file, found.reason, io);
  const file = found.value;
  const log = await logOf(file);
  if (typeof log === "string") return impossible(file, log, io);
  const options = { snapshot, proxy: proxyBackend(snapshot), backendName: args.backend };
  if (args.curl) return await printCurl(log, { ...options, file, io });
  // Credentials never come from the log.
  const key = env(KEY_VARIABLE) ?? "";
  const made = await replayOf(log, { ...options, key, usesOwnKeys: true });
  if (made.kind === "impossible") return impossible(file, made.why, io);
  made.notes.forEach((note) => io.err(note));
  const used = made.backend.keys[0] ?? key;
  if (used === "") io.err(`No key is sent: set ${KEY_VARIABLE} to send one.`);
  return await sendAgain(made, io);
}

function impossible(file: string, why: string, io: ReplayIo): number {
  io.err(`${file} cannot be sent again: ${why}.`);
  return 1;
}

/** The log in parts, or why there is none, for a person. */
async function logOf(file: string): Promise<RequestLog | string> {
  const text = await readText(file);
  if (!text.ok) return `the file ${text.reason}`;
  return parseRequestLog(text.value) ?? "it is no whole request log";
}

async function printCurl(
  log: RequestLog,
  { file, io, ...options }: Parameters<typeof curlReplayOf>[1] & {
    readonly file: string;
    readonly io: ReplayIo;
  },
): Promise<number> {
  const made = await curlReplayOf(log, options);
  if (made.kind === "impossible") return impossible(file, made.why, io);
  made.notes.forEach((note) => io.err(note));
  io.out(made.line);
  return 0;
}

async function sendAgain(
  { request, backend, streamed }: Replay & { readonly kind: "replay" },
  io: ReplayIo,
): Promise<number> {
  const startedMs = performance.now();
  let [status, bytes] = [0, 0];
  const words = () => `${bytes} bytes after ${seconds(performance.now() - startedMs)} s`;
  const timer = setInterval(() => io.err(`… ${words()}`), PROGRESS_MS);
  const broken = await send(request, {
    backend,
    streamed,
    proxyFor: environmentProxies(io.env ?? readEnv).proxyFor,
    onHead(code, headers) {
      status = code;
      io.err(`${backend.name}: status ${code}`);
      for (const [name, value] of headers) io.err(`${name}: ${value}`);
    },
    onChunk(chunk) {
      bytes += chunk.length;
      return io.write(chunk);
    },
  }).finally(() => clearInterval(timer));
  io.err(broken === undefined ? `Complete: ${words()}.` : `Broken: ${broken}; ${words()}.`);
  return broken === undefined && status < 400 ? 0 : 1;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
