/** The demo's own request, sent to the proxy as any program would send it. */
import { type IncomingMessage, request } from "node:http";
import { members } from "./prompt.ts";

export type Heard =
  | {
    readonly kind: "answered";
    readonly status: number;
    readonly firstTokenMs: number;
    readonly totalMs: number;
    /** As the provider counted them. */
    readonly tokens: number;
  }
  /** `reason` is a part of a sentence. */
  | { readonly kind: "failed"; readonly reason: string };

/** Tells the demo's request from others that come in meanwhile. */
export const DEMO_AGENT = "llm-proxy-demo";

export const DEMO_MODEL = "demo-chat";

const BODY = JSON.stringify({
  model: DEMO_MODEL,
  messages: [{ role: "user", content: "Hello!" }],
  stream: true,
  stream_options: { include_usage: true },
});

/** Sends the request and hands each token on as it comes. Never throws. */
export async function hearAnswer(
  proxyUrl: string,
  onToken: (token: string) => void,
): Promise<Heard> {
  try {
    const startedMs = performance.now();
    const response = await post(`${proxyUrl}/v1/chat/completions`, BODY);
    const status = response.statusCode ?? 0;
    if (status !== 200) return failed(`status ${status}: ${await textOf(response)}`);
    return await hearStream(response, { status, startedMs, onToken });
  } catch (cause) {
    return failed(cause instanceof Error ? cause.message : String(cause));
  }
}

interface Hearing {
  readonly status: number;
  readonly startedMs: number;
  readonly onToken: (token: string) => void;
}

async function hearStream(response: IncomingMessage, hearing: Hearing): Promise<Heard> {
  const { status, startedMs, onToken } = hearing;
  const elapsedMs = () => performance.now() - startedMs;
  let firstTokenMs: number | undefined;
  let tokens: number | undefined;
  for await (const data of eventData(response)) {
    if (data === "[DONE]") continue;
    const chunk = readChunk(data);
    tokens ??= chunk.tokens;
    if (chunk.content === "") continue;
    firstTokenMs ??= elapsedMs();
    onToken(chunk.content);
  }
  if (firstTokenMs === undefined || tokens === undefined) return failed("the stream is incomplete");
  return { kind: "answered", status, firstTokenMs, totalMs: elapsedMs(), tokens };
}

function readChunk(
  data: string,
): { readonly content: string; readonly tokens: number | undefined } {
  const { choices, usage } = members(JSON.parse(data));
  const { delta } = members(Array.isArray(choices) ? choices[0] : undefined);
  const { content } = members(delta);
  const { completion_tokens } = members(usage);
  return {
    content: typeof content === "string" ? content : "",
    tokens: typeof completion_tokens === "number" ? completion_tokens : undefined,
  };
}

/** The data of each server-sent event; the demo's are of one line. */
async function* eventData(response: IncomingMessage): AsyncGenerator<string> {
  let pending = "";
  for await (const text of response.setEncoding("utf8")) {
    const events = `${pending}${text}`.split("\n\n");
    pending = events.pop() ?? "";
    yield* events.map((event) => event.replace(/^data: /, ""));
  }
}

/** Not `fetch`, which would go through the proxy that HTTP_PROXY names, even to loopback. */
function post(url: string, body: string): Promise<IncomingMessage> {
  const headers = { "content-type": "application/json", "user-agent": DEMO_AGENT };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "POST", headers }, resolve);
    sent.on("error", reject);
    sent.end(body);
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  let all = "";
  for await (const text of response.setEncoding("utf8")) all += text;
  return all;
}

function failed(reason: string): Heard {
  return { kind: "failed", reason };
}
