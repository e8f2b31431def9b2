/** What the demo's providers say, before a vendor's format is put around it. */
import type { Prompt } from "./prompt.ts";

export interface DemoAnswer {
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly model: string;
  /** Together the text; each word begins with the space before it. */
  readonly tokens: readonly string[];
  readonly promptTokens: number;
  readonly usageWanted: boolean;
}

/** The text as an answer to the prompt; a token is a word. */
export function answerTo({ model, tokens, usageWanted }: Prompt, text: string): DemoAnswer {
  const id = crypto.randomUUID().slice(0, 8);
  const words = text.match(/\s*\S+/g) ?? [];
  return { id, model, tokens: words, promptTokens: tokens, usageWanted };
}

/** What the healthy provider says: always the same, but for the role of the prompt. */
export function healthyText({ role }: Prompt): string {
  return `Hello from the healthy provider! Your ${role === "" ? "" : `${role} `}message came to ` +
    "me through llm-proxy, and my words go back to you one by one, as I write them. Whichever " +
    "providers failed before me, your program never noticed: to it, this was one ordinary request.";
}

/** What the provider that breaks would say. */
export const BREAKING_TEXT = "Hello! I am the provider that breaks, so this sentence of mine is " +
  "never going to come to the full stop that it deserves.";
