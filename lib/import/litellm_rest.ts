/** Why the rest of LiteLLM's configuration is not carried over. */
import type { Explanation } from "./entry.ts";

const REQUESTS = "requests pass unchanged, so nothing is put into them here; callers send it";
const EXTRA = "is done by no part of llm-proxy";

/** By where it stands. */
export function explainLitellm(kind: string): Explanation | undefined {
  const why = WHY.find(([pattern]) => pattern.test(kind))?.[1];
  if (why !== undefined) return { why, isBookkeeping: false };
  if (kind === "model_list.model_info") {
    return {
      why: "says what a model costs or can do, which nothing here asks for",
      isBookkeeping: true,
    };
  }
  return undefined;
}

const WHY: readonly (readonly [RegExp, string])[] = [
  [
    /\.(?:success_|failure_|service_)?callbacks?$|\.alert/,
    "there are no callbacks: logs, /metrics, traces and the dashboard show what happens",
  ],
  [
    /\.(?:content_policy|context_window)_fallbacks$/,
    "fallbacks for one kind of error are not known; fallback_to is for all failures of a backend",
  ],
  [
    /\.(?:num_retries|retry_policy|allowed_fails\w*|retry_after|max_fallbacks)$/,
    "each route is tried once, and what failed cools down; fallback.max_retries bounds the attempts of a request (3)",
  ],
  [
    /\.(?:redis_\w+|cache\w*|caching\w*)$/,
    "no answer is cached, and nothing is shared by Redis: one program keeps its state itself",
  ],
  [
    /\.(?:database_\w+|store_model_in_db|store_prompts\w*|disable_spend\w*)$/,
    "there is no database, and there are no keys made in one: each caller is one of clients",
  ],
  [/\.(?:drop_params|modify_params)$/, REQUESTS],
  [/\.api_version$/, "Azure's API below /openai/v1 needs none"],
  [
    /\.(?:azure_ad_token|aws_\w+|vertex_\w+|client_secret|tenant_id|client_id)$/,
    "only keys can be sent, no tokens that are fetched; write api_key",
  ],
  [/\.(?:input|output)_cost_per_\w+$/, "what a model costs, nothing here asks for"],
  [
    /\.stream_timeout$/,
    "timeouts.first_byte_seconds counts for streams too; set it where it is to be another",
  ],
  [/^model_list\.litellm_params$/, REQUESTS],
  [/^include$/, "other files are not read; import each of them"],
  [
    /^(?:mcp_servers|guardrails|prompts|search_tools|vector_store_registry|callback_settings|finetune_settings|files_settings)$/,
    EXTRA,
  ],
];
