/** Nothing of a prompt, a model's name or a tool that a caller sends can bench a backend. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { callRaw } from "../caller.ts";
import { rawReply, startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";

/** What errors say of accounts, keys, lengths, models and loads, in text and in code. */
const TELLING = [
  "Your credit balance is too low to access the Anthropic API.",
  "insufficient_quota",
  "Insufficient Balance",
  "用户额度不足",
  "余额不足",
  "billing_hard_limit_reached",
  "API key not valid. Please pass a valid API key.",
  "invalid_api_key",
  "Incorrect API key provided",
  "无效的令牌",
  "rate_limit_exceeded",
  "Overloaded",
  "model_not_found",
  "The model a-model does not exist",
  "model: a-model",
  "a-model",
  "prompt is too long: 9 tokens > 8 maximum",
  "litellm.BadRequestError: AnthropicException - Your credit balance is too low",
  `{"error":{"code":"insufficient_quota","message":"Insufficient Balance"}}`,
];

/** Where errors quote what they were sent. `$` is the quotation. */
const MESSAGES = [
  "messages.0.content: $",
  "Invalid value: '$'",
  "Could not parse '$' as JSON",
  "tools.0.name: String should match pattern, got '$'",
  "The model `$` does not exist or you do not have access to it.",
  "model: $",
  "models/$ is not found for API version v1beta",
  "Unknown tool: $",
  "Invalid model: $",
  "Input should be 'a' or 'b' [type=literal_error, input_value='$']",
];

const PLACES = ["param", "input", "value", "details", "user", "flagged", "request"];

const told = fc.record({
  status: fc.constantFrom(400, 404, 405, 409, 413, 415, 422, 451),
  message: fc.constantFrom(...MESSAGES),
  place: fc.constantFrom(...PLACES),
  quoted: fc.constantFrom(...TELLING),
  shape: fc.constantFrom("error", "anthropic", "detail", "list", "top", "text"),
  /** Where the caller puts it: everywhere at once, or as a name that it invents. */
  model: fc.constantFrom("chat", "invented", "quoted"),
});

type Told = typeof told extends fc.Arbitrary<infer Value> ? Value : never;

function bodyOf(message: string, { place, quoted, shape }: Told): string {
  const error = { message, type: "invalid_request_error", [place]: quoted };
  switch (shape) {
    case "error":
      return JSON.stringify({ error });
    case "anthropic":
      return JSON.stringify({ type: "error", error, request_id: quoted });
    case "detail":
      return JSON.stringify({ detail: [{ loc: ["body", quoted], msg: message, input: quoted }] });
    case "list":
      return JSON.stringify([{ error: { code: 400, status: "INVALID_ARGUMENT", message } }]);
    case "top":
      return JSON.stringify({ message, [place]: quoted });
    case "text":
      return message;
  }
}

Deno.test("nothing that a caller sends can bench a backend (cases 3, 6)", async () => {
  let reply: Uint8Array = new Uint8Array();
  await using a = await startPeer(({ write }) => write(reply));
  await using proxy = await startProxy(`
backends: [{ name: a, url: "${a.url}" }]
default_backend: a
models: { chat: [{ backend: a, model: a-model, priority: 1 }] }
`);
  const property = fc.asyncProperty(told, async (it) => {
    const message = it.message.replace("$", () => it.quoted);
    reply = rawReply(it.status, ["Content-Type: application/json"], bodyOf(message, it));
    const model = it.model === "quoted" ? it.quoted : it.model;
    const tools = [{ name: it.quoted, type: it.quoted, model: it.quoted }];
    const messages = [{ role: "user", content: it.quoted }];
    const body = JSON.stringify({ model, messages, tools, metadata: { [it.quoted]: it.quoted } });
    const lines = ["Content-Type: application/json", "Authorization: Bearer sk-mine-1234"];
    const got = await callRaw(proxy.url, { body, lines });
    assert.equal(got.status, it.status);
    assert.deepEqual(proxy.state.health.cooldowns(), [], bodyOf(message, it));
  });
  await fc.assert(property, { numRuns: 300 });
});
