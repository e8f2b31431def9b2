/** `llm-proxy replay`: sends a logged request again, or prints it as curl. */
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import { readText } from "../config/read_text.ts";
import type { Snapshot } from "../config/snapshot.ts";
import { parseRequestLog } from "../record/parse_request_log.ts";
import { curlOf } from "../replay/curl.ts";
import { proxyBackend } from "../replay/proxy_backend.ts";
import { type Replay, replayOf } from "../replay/replay_request.ts";
import { send } from "../replay/send.ts";
import { maskedOutput } from "./masked_output.ts";
import type { Output } from "./output.ts";

export interface ReplayArguments {
  /** A request's log file. */
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

/** Names the key for calls; credentials never come from the log. */
const KEY_NAME = "LLM_PROXY_KEY";
const PROGRESS_MS = 1_000;

/** Exit status 0 where a reply came whole, else 1. */
export async function replay(args: ReplayArguments, to: ReplayIo): Promise<number> {
  const io = { ...to, ...maskedOutput(to) };
  const env = io.env ?? readEnv;
  const loaded = await loadConfig(args.config, { revision: 1, env });
  if (!loaded.ok) {
    loaded.problems.forEach((problem) => io.err(formatProblem(problem)));
    return 1;
  }
  const { snapshot } = loaded;
  const key = env(KEY_NAME) ?? "";
  const made = await madeOf(args, snapshot, key);
  if (made.kind === "impossible") {
    io.err(`${args.file} cannot be sent again: ${made.why}.`);
    return 1;
  }
  made.notes.forEach((note) => io.err(note));
  const used = made.backend.keys[0] ?? key;
  if (used === "") io.err(`No key is sent: set ${KEY_NAME} to send one.`);
  if (args.curl) {
    io.out(curlOf(made.request, { key: used }));
    return 0;
  }
  return await sendAgain(made, io);
}

async function madeOf(
  { file, backend }: ReplayArguments,
  snapshot: Snapshot,
  key: string,
): Promise<Replay> {
  const text = await readText(file);
  if (!text.ok) return { kind: "impossible", why: `the file ${text.reason}` };
  const log = parseRequestLog(text.value);
  if (log === undefined) return { kind: "impossible", why: "it is no whole request log" };
  return await replayOf(log, {
    snapshot,
    proxy: proxyBackend(snapshot),
    backendName: backend,
    key,
  });
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
