/** Backends, traffic and a past, for pages that look like those of a proxy at work. */
import type { HistoryRecord } from "../../lib/record/history_rows.ts";
import { chunk, type Peer, reply, startPeer, STREAM_HEAD } from "../peer.ts";
import { rowOf } from "./memory_history.ts";
import type { Stage } from "./stage.ts";

/** Three backends: a good one, one whose quota is used up, and one that fails now and then. */
export async function startBackends(): Promise<readonly [Peer, Peer, Peer]> {
  return await Promise.all([
    startPeer(async ({ write, request, index }) => {
      await pause(12 + (index * 37) % 30);
      await write(answerTo(new TextDecoder().decode(request.body)));
    }),
    startPeer(({ write }) => write(QUOTA)),
    startPeer(async ({ write, index, request }) => {
      await pause(20 + (index * 53) % 60);
      if (index % 5 === 4) return write(reply(503, `{"error":{"message":"overloaded"}}`));
      return write(answerTo(new TextDecoder().decode(request.body)));
    }),
  ]);
}

/** What a model takes to think of its first word. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const QUOTA = reply(
  429,
  `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota"}}`,
  { "retry-after": "1440" },
);

const WORDS = "A quiet river runs past the mill and nobody asks it where it goes.".split(" ");

function answerTo(body: string): Uint8Array | string {
  const message = { role: "assistant", content: WORDS.join(" ") };
  const usage = { prompt_tokens: 21, completion_tokens: WORDS.length, total_tokens: 36 };
  if (!body.includes('"stream":true')) {
    const choices = [{ index: 0, message, finish_reason: "stop" }];
    return reply(
      200,
      JSON.stringify({ id: "chatcmpl-1", object: "chat.completion", choices, usage }),
    );
  }
  const events = WORDS.map((word) => {
    const choices = [{ index: 0, delta: { content: `${word} ` }, finish_reason: null }];
    return chunk(`data: ${JSON.stringify({ id: "chatcmpl-2", choices })}\n\n`);
  });
  return STREAM_HEAD + events.join("") + chunk("data: [DONE]\n\n") + chunk("");
}

/** A configuration of these backends. */
export function sceneryConfig([good, broke, shaky]: readonly [Peer, Peer, Peer]): string {
  const key = "sk-live-0123456789abcdefghij";
  return `
backends:
  - { name: provider-a, url: "${broke.url}/v1", auth: inject, api_key: "${key}" }
  - { name: provider-b, url: "${shaky.url}/v1", max_concurrent: 8 }
  - { name: in-house, url: "${good.url}/v1" }
models:
  claude-opus:
    - { backend: provider-a, model: claude-opus-4, priority: 1 }
    - { backend: provider-b, model: claude-x, priority: 2 }
    - { backend: in-house, model: llama-70b, priority: 3 }
  gpt-fast:
    balance: least_busy
    routes:
      - { backend: provider-b, model: gpt-x-mini }
      - { backend: in-house, model: llama-8b }
    fallback_to: [claude-opus]
  retired: { enabled: false, routes: [{ backend: in-house, model: llama-2 }] }
logging: { general_file: "" }
fallback: { stored_ids_file: "", cooldown_seconds: 20 }
admin: { listen: "127.0.0.1:0" }
listen: "127.0.0.1:0"
`;
}

/** Calls an alias and reads the whole answer. */
export async function call(
  { url }: Pick<Stage, "url">,
  model: string,
  { prompt = "Tell me of a river.", stream = true } = {},
): Promise<void> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "authorization": "Bearer sk-caller-abcdefghijklmn",
    },
    body: JSON.stringify({ model, stream, messages: [{ role: "user", content: prompt }] }),
  });
  await response.text();
}

/** A quarter of an hour of traffic. */
export async function traffic(stage: Stage): Promise<void> {
  for (let step = 0; step < 60; step++) {
    const count = 1 + Math.round(2 + 2 * Math.sin(step / 6));
    for (let each = 0; each < count; each++) {
      await call(stage, each % 2 === 0 ? "claude-opus" : "gpt-fast", { stream: each % 3 !== 0 });
    }
    stage.pass(15);
  }
  await call(stage, "no-such-model");
  await call(stage, "claude-opus");
}

const HOUR_MS = 60 * 60 * 1000;

/** What the history has of the days before; the same every time. */
export function past(nowMs: number): HistoryRecord[] {
  const callers = ["laptop", "ci", ""];
  const aliases = ["claude-opus", "gpt-fast", "embed"];
  const backends = ["provider-a", "provider-b", "in-house"];
  return Array.from({ length: 6_000 }, (_, index) => {
    const wave = 1 + Math.sin(index / 40) + ((index * 7_919) % 97) / 97;
    const inputTokens = Math.round(900 * wave) + 200;
    const request = rowOf({
      id: (index + 0x10_000_000).toString(16),
      receivedAtMs: Math.round(nowMs - HOUR_MS / 3 - index * HOUR_MS / 12),
      caller: callers[index % 3] ?? "",
      alias: aliases[(index * 5 + (index >> 3)) % 3] ?? "",
      backend: backends[(index * 3 + (index >> 2)) % 3] ?? "",
      status: index % 29 === 0 ? 502 : 200,
      inputTokens,
      cachedTokens: Math.round(inputTokens * (0.3 + 0.3 * Math.sin(index / 90))),
      outputTokens: Math.round(250 * wave),
      reasoningTokens: index % 4 === 0 ? 120 : 0,
    });
    return { request, attempts: [] };
  });
}
