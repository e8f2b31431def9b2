/** A vendor's SDK as a program uses it that sets nothing but a key: `sdk.ts openai MODEL`; the base URL is a variable. */
// deno-lint-ignore-file no-console -- a program of its own
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";

const [vendor = "", model = ""] = Deno.args;
const apiKey = "any";
const messages = [{ role: "user", content: "Hello" }] as const;

const SDKS: Readonly<Record<string, () => Promise<unknown>>> = {
  openai: () => new OpenAI({ apiKey }).chat.completions.create({ model, messages: [...messages] }),
  anthropic: () =>
    new Anthropic({ apiKey }).messages.create({ model, max_tokens: 100, messages: [...messages] }),
  google: async () =>
    (await new GoogleGenAI({ apiKey }).models.generateContent({ model, contents: "Hello" })).text,
};

console.log(JSON.stringify(await SDKS[vendor]?.()));
