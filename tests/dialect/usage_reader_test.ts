import assert from "node:assert/strict";
import { UsageReader } from "../../lib/dialect/usage_reader.ts";

function readerOf(...events: readonly unknown[]): UsageReader {
  const reader = new UsageReader();
  for (const event of events) {
    reader.event({ type: "", data: JSON.stringify(event), truncated: false });
  }
  return reader;
}

Deno.test("UsageReader.read() takes the input from the first event and the output from the last", () => {
  const usage = readerOf(
    { type: "message_start", message: { usage: { input_tokens: 3, cache_read_input_tokens: 4 } } },
    { type: "message_delta", usage: { output_tokens: 5 } },
    { type: "message_delta", usage: { output_tokens: 9, input_tokens: null } },
  ).read();
  assert.equal(usage?.inputTokens, 7);
  assert.equal(usage?.outputTokens, 9);
});

Deno.test("UsageReader.read() tells while the stream goes on what is known by then", () => {
  const reader = readerOf({ usage: { prompt_tokens: 3, completion_tokens: 1 } });
  assert.equal(reader.read()?.outputTokens, 1);
  const data = JSON.stringify({ usage: { prompt_tokens: 3, completion_tokens: 2 } });
  reader.event({ type: "", data, truncated: false });
  assert.equal(reader.read()?.outputTokens, 2);
});

Deno.test("UsageReader.read() knows nothing where no event tells, or only of another usage", () => {
  assert.equal(readerOf({ choices: [], usage: null }).read(), undefined);
  const schema = { tools: [{ parameters: { properties: { usage: { type: "object" } } } }] };
  const created = { type: "response.created", response: schema };
  assert.equal(readerOf(created).read(), undefined);
  const done = { type: "response.completed", response: { ...schema, usage: { input_tokens: 6 } } };
  assert.equal(readerOf(created, done).read()?.inputTokens, 6);
});

Deno.test("UsageReader.read() knows nothing of an event that was truncated, or is no JSON", () => {
  const reader = new UsageReader();
  reader.event({ type: "", data: `{"usage":{"prompt_tokens":3}}`, truncated: true });
  reader.event({ type: "", data: `{"usage":{"prompt_tokens":3}`, truncated: false });
  assert.equal(reader.read(), undefined);
});

Deno.test("UsageReader.read() gives what a reply says", () => {
  const reader = new UsageReader();
  reader.reply({ usage: { prompt_tokens: 1, completion_tokens: 2 } });
  assert.equal(reader.read()?.outputTokens, 2);
});

Deno.test("H15: UsageReader keeps no block of thousands of numbers", () => {
  const reader = new UsageReader();
  const many = Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1] as const);
  reader.reply({ usage: { input_tokens: 3, ...Object.fromEntries(many) } });
  assert.equal(reader.read()?.inputTokens, 3);
});
