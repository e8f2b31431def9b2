/** Callers who give up before the response head, with prompts of every size. */
import assert from "node:assert/strict";
import type { Exchange } from "../peer.ts";
import { anthropicAt, openaiAt } from "./clients.ts";
import { startStage, within } from "./providers.ts";

interface Call {
  readonly url: string;
  readonly prompt: string;
  readonly signal: AbortSignal;
}

const CALLS: Readonly<Record<string, (call: Call) => PromiseLike<unknown>>> = {
  openai: ({ url, signal, ...call }) =>
    openaiAt(url).chat.completions.create(paramsOf(call), { signal }),
  anthropic: ({ url, signal, ...call }) =>
    anthropicAt(url).messages.create({ ...paramsOf(call), max_tokens: 64 }, { signal }),
};

for (const [name, send] of Object.entries(CALLS)) {
  for (const promptBytes of [5, 500, 5_000, 500_000]) {
    Deno.test(`${name} abort, with ${promptBytes} bytes of prompt, reaches a backend that has not answered`, async () => {
      const { promise, resolve } = Promise.withResolvers<Exchange>();
      await using stage = await startStage(resolve);
      const abort = new AbortController();
      const prompt = "x".repeat(promptBytes);
      const call = send({ url: stage.proxy.url, prompt, signal: abort.signal });
      const { gone } = await promise;
      abort.abort();
      await assert.rejects(Promise.resolve(call), { message: "Request was aborted." });
      await within(gone, 1000, "the backend's connection ends");
    });
  }
}

function paramsOf({ prompt }: { readonly prompt: string }) {
  return { model: "assistant", messages: [{ role: "user" as const, content: prompt }] };
}
