/** The vendors' own SDKs, pointed at a proxy or straight at a provider. */
import Anthropic, { type ClientOptions as AnthropicOptions } from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI, { type ClientOptions as OpenAIOptions } from "openai";

/** @param url where the client's server is; OpenAI's base URL ends in `/v1` */
export function openaiAt(url: string, options: OpenAIOptions = {}): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: "sk-caller", maxRetries: 0, ...options });
}

/** @param url where the client's server is; Anthropic's base URL has no path */
export function anthropicAt(url: string, options: AnthropicOptions = {}): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: "sk-caller", maxRetries: 0, ...options });
}

/** @param url where the client's server is; Google's base URL has no path */
export function googleAt(url: string, { apiKey = "caller-key" } = {}): GoogleGenAI {
  return new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url, apiVersion: "v1beta" } });
}

/** Everything that an iterable still yields. */
export async function rest<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
