/** The official OpenAI SDK with a fetch that compresses what it sends. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { openaiAt } from "./clients.ts";
import { COMPLETION } from "./openai_replies.ts";
import { json, startStage } from "./providers.ts";

type Code = (bytes: Uint8Array) => Uint8Array;

const CODINGS: Readonly<Record<string, readonly [encode: Code, decode: Code]>> = {
  gzip: [zlib.gzipSync, zlib.gunzipSync],
  br: [zlib.brotliCompressSync, zlib.brotliDecompressSync],
  deflate: [zlib.deflateSync, zlib.inflateSync],
  zstd: [zlib.zstdCompressSync, zlib.zstdDecompressSync],
};

const CALL = { messages: [{ role: "user" as const, content: "Grüße ".repeat(1000) }] };

for (const [coding, [encode, decode]] of Object.entries(CODINGS)) {
  Deno.test(`openai chat.completions.create() may be compressed with ${coding}`, async () => {
    await using stage = await startStage(json(COMPLETION));
    const compressing: typeof fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set("content-encoding", coding);
      const body = new Uint8Array(encode(Buffer.from(String(init?.body))));
      return fetch(url, { ...init, headers, body });
    };
    const client = openaiAt(stage.proxy.url, { fetch: compressing });
    const completion = await client.chat.completions.create({ model: "assistant", ...CALL });
    assert.deepEqual(completion, COMPLETION);
    const [request] = stage.primary.requests;
    const sent = request?.headers.find(([name]) => name.toLowerCase() === "content-encoding");
    assert.equal(sent?.[1], coding);
    const text = Buffer.from(decode(request?.body ?? new Uint8Array())).toString();
    assert.equal(text, JSON.stringify({ model: "model-a", ...CALL }));
  });
}
