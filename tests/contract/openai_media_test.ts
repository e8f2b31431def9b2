/** The official OpenAI SDK: images and speech that are asked for in JSON. */
import assert from "node:assert/strict";
import { chunk, type Script } from "../peer.ts";
import { openaiAt, rest } from "./clients.ts";
import { byPath, json, namedFrame, stream } from "./providers.ts";
import { jsonOf, linesOf, sameBothWays } from "./same_both_ways.ts";

const IMAGES = {
  created: 1770933892,
  data: [{ b64_json: "iVBORw0KGgo=", revised_prompt: "A red square." }],
  usage: { input_tokens: 4, output_tokens: 9, total_tokens: 13 },
};
const IMAGE_EVENTS = [
  { type: "image_generation.partial_image", b64_json: "iVBO", partial_image_index: 0 },
  { type: "image_generation.completed", b64_json: "iVBORw0KGgo=", usage: IMAGES.usage },
];
/** Every byte a few thousand times, in chunks. */
const SOUND = Uint8Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 251);

Deno.test("openai images.generate() gives the backend's images", async () => {
  const asked = { prompt: "A red square", n: 1, size: "1024x1024" } as const;
  const provider = byPath({ "/v1/images/generations": json(IMAGES) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    return (await openaiAt(url).images.generate({ model, ...asked })).data;
  });
  assert.deepEqual(run.result, IMAGES.data);
  assert.deepEqual(linesOf(run), ["POST /v1/images/generations"]);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...asked });
});

Deno.test("openai images.generate() streams the backend's partial images", async () => {
  const asked = { prompt: "A red square", stream: true, partial_images: 1 } as const;
  const provider = byPath({ "/v1/images/generations": stream(IMAGE_EVENTS.map(namedFrame)) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    return await rest(await openaiAt(url).images.generate({ model, ...asked }));
  });
  assert.deepEqual(run.result, IMAGE_EVENTS);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...asked });
});

Deno.test("openai audio.speech.create() downloads every byte of a chunked answer", async () => {
  const asked = { voice: "alloy", input: "Hello there.", response_format: "mp3" } as const;
  const provider = byPath({ "/v1/audio/speech": chunked(SOUND) });
  const run = await sameBothWays(provider, async ({ url, model }) => {
    return (await openaiAt(url).audio.speech.create({ model, ...asked })).bytes();
  });
  assert.ok(run.result.every((byte, index) => byte === SOUND[index]));
  assert.equal(run.result.length, SOUND.length);
  assert.deepEqual(linesOf(run), ["POST /v1/audio/speech"]);
  assert.deepEqual(jsonOf(run), { model: "model-a", ...asked });
});

/** The bytes as a sound, in chunks of 64 KiB. */
function chunked(bytes: Uint8Array): Script {
  return async ({ write }) => {
    await write(
      "HTTP/1.1 200 OK\r\ncontent-type: audio/mpeg\r\ntransfer-encoding: chunked\r\n\r\n",
    );
    for (let at = 0; at < bytes.length; at += 65_536) {
      const piece = bytes.subarray(at, at + 65_536);
      await write(`${piece.length.toString(16)}\r\n`);
      await write(piece);
      await write("\r\n");
    }
    await write(chunk(""));
  };
}
