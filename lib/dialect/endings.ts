/** The reasons for which answers end, and which of them say that the vendor failed. */

/**
 * Reasons by which a vendor says that it failed, lower-case. Every other one ends an answer, also one
 * that was refused or filtered: it was paid for.
 *
 * `error`: OpenRouter, Mistral, Cohere, vLLM · `network_error`: Zhipu · `insufficient_system_resource`:
 * DeepSeek · `timeout`: Cohere · `abort`: an engine that stops, vLLM and SGLang
 * (https://github.com/vllm-project/vllm/issues/57082) · the rest: the same in plain words.
 */
const FAILURES: ReadonlySet<string> = new Set([
  "error",
  "network_error",
  "insufficient_system_resource",
  "timeout",
  "abort",
  "server_error",
  "internal_error",
  "upstream_error",
]);

/** open: not over yet · answer: over, and an answer · failure: over, because the vendor failed. */
export type Ended = "open" | "answer" | "failure";

/** What a `finish_reason`, `finishReason` or `stop_reason` says. */
export function endingOf(reason: unknown): Ended {
  // DashScope writes "null" while the answer goes on.
  if (typeof reason !== "string" || reason === "" || reason === "null") return "open";
  return FAILURES.has(reason.toLowerCase()) ? "failure" : "answer";
}

/** What the reasons of all parts of one object say: one answer among them is an answer. */
export function endingOfAll(reasons: readonly unknown[]): Ended {
  const ends = reasons.map(endingOf);
  if (ends.includes("answer")) return "answer";
  return ends.includes("failure") ? "failure" : "open";
}
