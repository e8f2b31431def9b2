/** Requests as the clients write them. */
import type { RawRequest } from "../caller.ts";
import type { Gateway } from "./check.ts";

/** Claude Code's call, with a model in it and everything that a gateway may be tempted to tidy. */
export function messageBody(alias: string, rest = `"stream":false`): string {
  return `{ "model":${JSON.stringify(alias)},  "max_tokens": 64,${rest}, "temperature": 1.0,` +
    ` "messages":[ {"role":"user","content":"Gr\\u00fc\\u00dfe, \\/ and \\"model\\": \\"x\\""} ],` +
    ` "metadata":{"user_id":"user_1"}, "unknown_to_anybody":{"big":12345678901234567890,"e":1e3}}`;
}

export function messageCall(
  { key, models }: Gateway,
  { body, lines = [], target = "/v1/messages?beta=true" }: RawRequest = {},
): RawRequest {
  const own = ["Content-Type: application/json", "anthropic-version: 2023-06-01"];
  return {
    target,
    lines: [...own, `Authorization: Bearer ${key}`, ...lines],
    body: body ?? messageBody(models.anthropic),
  };
}

export function openaiCall(
  { key, models }: Gateway,
  { body, lines = [], target = "/v1/responses" }: RawRequest = {},
): RawRequest {
  return {
    target,
    lines: ["Content-Type: application/json", `Authorization: Bearer ${key}`, ...lines],
    body: body ?? JSON.stringify({ model: models.openai, input: "Hello", stream: true }),
  };
}
