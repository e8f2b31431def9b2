/** Scripted providers: what they answer on which path, and a proxy with two of them behind it. */
import {
  chunk,
  type Exchange,
  type Peer,
  reply,
  type Script,
  type SeenRequest,
  startPeer,
} from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";

/** A provider that gives the same answer to everything. */
export function always(answer: Uint8Array): Script {
  return ({ write }) => write(answer);
}

/** A provider that answers by path, and with 404 where it has none. */
export function byPath(answers: Readonly<Record<string, Script>>): Script {
  return (exchange) => {
    const path = exchange.request.target.replace(/\?.*$/, "");
    return (answers[path] ?? always(reply(404, `{"error":{"message":"No such path"}}`)))(exchange);
  };
}

/** A provider that gives each answer once, in order, and the last one from then on. */
export function inTurn(...answers: readonly Script[]): Script {
  return (exchange) => answers[Math.min(exchange.index, answers.length - 1)]?.(exchange);
}

/** A JSON value as a whole reply. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Script {
  return always(reply(200, JSON.stringify(value), headers));
}

/** An event stream of these frames, a chunk each, ended in order. */
export function stream(
  frames: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): Script {
  return async ({ write }) => {
    await write(streamHead(headers));
    for (const frame of frames) await write(chunk(frame));
    await write(chunk(""));
  };
}

export interface OpenStream {
  readonly script: Script;
  /** Resolves when a request has come in and its first frame is on the way. */
  readonly exchange: Promise<Exchange>;
}

/** An event stream that stays open after its first frame: what follows is up to the test. */
export function openStream(firstFrame: string): OpenStream {
  const { promise, resolve } = Promise.withResolvers<Exchange>();
  const script: Script = async (exchange) => {
    await exchange.write(streamHead({}) + chunk(firstFrame));
    resolve(exchange);
  };
  return { script, exchange: promise };
}

/** `data: …`, as OpenAI's chat completions frame their events. */
export function dataFrame(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** `event: TYPE` and `data: …`, as Anthropic and OpenAI's responses frame theirs. */
export function namedFrame(event: { readonly type: string }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** The alias `assistant`, which is `model-a` at the first provider, then `model-b` at the second. */
export interface Stage extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly primary: Peer;
  readonly secondary: Peer;
}

export interface StageOptions {
  /** Default: a provider that has nothing to answer with. */
  readonly secondary?: Script;
  /** More of the configuration: further aliases, then further top-level keys. */
  readonly settings?: string;
  /** Where the providers' paths start; default `/v1`. */
  readonly basePath?: string;
}

/** Starts two providers and the proxy before them. */
export async function startStage(
  primary: Script,
  { secondary = byPath({}), settings = "", basePath = "/v1" }: StageOptions = {},
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const peers = {
    primary: stack.use(await startPeer(primary)),
    secondary: stack.use(await startPeer(secondary)),
  };
  const [first, second] = [peers.primary.url, peers.secondary.url];
  const proxy = stack.use(await startProxy(twoRoutes(first, second, basePath) + settings));
  const owned = stack.move();
  return { proxy, ...peers, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** The configuration of a stage for two origins. */
export function twoRoutes(primary: string, secondary: string, basePath = "/v1"): string {
  return `
backends:
  - { name: primary, url: "${primary}${basePath}" }
  - { name: secondary, url: "${secondary}${basePath}" }
models:
  assistant:
    - { backend: primary, model: model-a, priority: 1 }
    - { backend: secondary, model: model-b, priority: 2 }
`;
}

/** A request's JSON body. */
export function bodyOf(request: SeenRequest | undefined): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(request?.body));
}

const PER_HOP: ReadonlySet<string> = new Set(["host", "connection", "content-length"]);

/** A request's headers by their lower-case names, less those that each hop sets for itself. */
export function headersOf(request: SeenRequest): Record<string, string> {
  const headers = request.headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(headers.filter(([name]) => !PER_HOP.has(name)));
}

/**
 * Settles as the promise does.
 *
 * @throws {Error} naming `what` once that many milliseconds have passed
 */
export async function within<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Not within ${ms} ms: ${what}`)), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function streamHead(headers: Readonly<Record<string, string>>): string {
  const all = { "content-type": "text/event-stream; charset=utf-8", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 200 OK\r\n${lines}transfer-encoding: chunked\r\n\r\n`;
}
