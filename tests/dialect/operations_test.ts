import assert from "node:assert/strict";
import { operationOf } from "../../lib/dialect/operations.ts";

function wordsFor(method: string, path: string): string | undefined {
  const operation = operationOf(method, path);
  if (operation === undefined) return undefined;
  const { kind, events, streamedByPath } = operation;
  return `${kind} ${events.name}${streamedByPath ? " streamed" : ""}`;
}

const OPERATIONS: readonly (readonly [path: string, words: string])[] = [
  ["/v1/chat/completions", "inference openai_chat"],
  ["/chat/completions", "inference openai_chat"],
  ["/v1/completions", "inference openai_chat"],
  ["/openai/deployments/my-gpt/chat/completions", "inference openai_chat"],
  ["/openai/deployments/my-gpt/completions", "inference openai_chat"],
  ["/v1beta/openai/chat/completions", "inference openai_chat"],
  ["/v1/responses", "inference openai_responses"],
  ["/v1/responses/compact", "inference openai_responses"],
  ["/openai/v1/responses", "inference openai_responses"],
  ["/v1/embeddings", "inference unknown"],
  ["/openai/deployments/my-ada/embeddings", "inference unknown"],
  ["/v1/moderations", "inference unknown"],
  ["/v1/messages", "inference anthropic"],
  ["/anthropic/v1/messages", "inference anthropic"],
  ["/v1/messages/count_tokens", "counting anthropic"],
  ["/v1beta/models/gemini-pro:generateContent", "inference gemini"],
  ["/v1beta/models/gemini-pro:streamGenerateContent", "inference gemini streamed"],
  [
    "/v1/projects/p/locations/l/publishers/google/models/gemini-pro:streamGenerateContent",
    "inference gemini streamed",
  ],
  ["/v1beta/models/gemini-embedding:embedContent", "inference unknown"],
  ["/v1beta/models/gemini-embedding:batchEmbedContents", "inference unknown"],
  ["/v1beta/models/gemini-pro:countTokens", "counting gemini"],
];

for (const [path, words] of OPERATIONS) {
  Deno.test(`operationOf() takes POST ${path} for ${words}`, () => {
    assert.equal(wordsFor("POST", path), words);
    assert.equal(wordsFor("POST", `${path}/`), words);
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "post"]) {
      assert.equal(wordsFor(method, path), undefined, method);
    }
  });
}

const NO_OPERATIONS = [
  "/v1/files",
  "/v1/batches",
  "/v1/messages/batches",
  "/v1/threads/t/messages",
  "/v1/threads/t/runs",
  "/v1/assistants",
  "/v1/audio/speech",
  "/v1/audio/transcriptions",
  "/v1/images/generations",
  "/v1/rerank",
  "/v1/models",
  "/v1/responses/r/cancel",
  "/v1/chat/completions/c",
  "/v1/chatcompletions",
  "/v1beta/models/gemini-pro",
  "/v1beta/models/gemini-pro:batchGenerateContent",
  "/v1beta/models/gemini-pro:novelty",
  "/v1beta/models:generateContent",
  "/",
];

for (const path of NO_OPERATIONS) {
  Deno.test(`operationOf() takes POST ${path} for none`, () => {
    assert.equal(operationOf("POST", path), undefined);
  });
}
