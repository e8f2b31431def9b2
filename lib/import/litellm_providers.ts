/** LiteLLM's providers that can be called without translation: https://docs.litellm.ai/docs/providers */
import type { DialectName } from "../dialect/dialect.ts";

export interface Provider {
  /** Where it is; undefined where `api_base` must say. */
  readonly url: string | undefined;
  /** What is below an `api_base` without a path. */
  readonly below: string;
  readonly dialects: readonly DialectName[];
  /** The variable LiteLLM takes its key from where the configuration says none. */
  readonly keyVariable: string | undefined;
}

function compatible(url: string | undefined, keyVariable?: string): Provider {
  return { url, below: "", dialects: ["openai"], keyVariable };
}

/** Ollama's own API is another; below /v1 it has OpenAI's. */
const OLLAMA: Provider = {
  url: "http://localhost:11434/v1",
  below: "/v1",
  dialects: ["openai"],
  keyVariable: undefined,
};

export const PROVIDERS: ReadonlyMap<string, Provider> = new Map([
  ["openai", compatible("https://api.openai.com/v1", "OPENAI_API_KEY")],
  ["text-completion-openai", compatible("https://api.openai.com/v1", "OPENAI_API_KEY")],
  ["custom_openai", compatible(undefined)],
  ["openai_like", compatible(undefined)],
  ["hosted_vllm", compatible(undefined)],
  ["lm_studio", compatible("http://localhost:1234/v1")],
  ["llamafile", compatible("http://127.0.0.1:8080/v1")],
  ["xinference", compatible(undefined)],
  ["litellm_proxy", compatible(undefined)],
  ["ollama", OLLAMA],
  ["ollama_chat", OLLAMA],
  ["anthropic", {
    url: "https://api.anthropic.com",
    below: "",
    dialects: ["anthropic"],
    keyVariable: "ANTHROPIC_API_KEY",
  }],
  ["gemini", {
    url: "https://generativelanguage.googleapis.com",
    below: "",
    dialects: ["gemini"],
    keyVariable: "GEMINI_API_KEY",
  }],
  ["azure", {
    url: undefined,
    below: "/openai/v1",
    dialects: ["openai", "azure"],
    keyVariable: "AZURE_API_KEY",
  }],
  ["azure_ai", compatible(undefined, "AZURE_AI_API_KEY")],
  ["deepseek", compatible("https://api.deepseek.com/v1", "DEEPSEEK_API_KEY")],
  ["groq", compatible("https://api.groq.com/openai/v1", "GROQ_API_KEY")],
  ["mistral", compatible("https://api.mistral.ai/v1", "MISTRAL_API_KEY")],
  ["codestral", compatible("https://codestral.mistral.ai/v1", "CODESTRAL_API_KEY")],
  ["openrouter", compatible("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY")],
  ["together_ai", compatible("https://api.together.xyz/v1", "TOGETHERAI_API_KEY")],
  ["fireworks_ai", compatible("https://api.fireworks.ai/inference/v1", "FIREWORKS_AI_API_KEY")],
  ["xai", compatible("https://api.x.ai/v1", "XAI_API_KEY")],
  ["perplexity", compatible("https://api.perplexity.ai", "PERPLEXITYAI_API_KEY")],
  ["moonshot", compatible("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY")],
  [
    "dashscope",
    compatible("https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY"),
  ],
  ["zai", compatible("https://api.z.ai/api/paas/v4", "ZAI_API_KEY")],
  ["volcengine", compatible("https://ark.cn-beijing.volces.com/api/v3", "VOLCENGINE_API_KEY")],
  ["minimax", compatible("https://api.minimax.io/v1", "MINIMAX_API_KEY")],
  ["cerebras", compatible("https://api.cerebras.ai/v1", "CEREBRAS_API_KEY")],
  ["nvidia_nim", compatible("https://integrate.api.nvidia.com/v1", "NVIDIA_NIM_API_KEY")],
  ["sambanova", compatible("https://api.sambanova.ai/v1", "SAMBANOVA_API_KEY")],
  ["deepinfra", compatible("https://api.deepinfra.com/v1/openai", "DEEPINFRA_API_KEY")],
]);

/** Providers that LiteLLM knows and translates for, or signs for: they are no plain HTTP API of a dialect. */
const TRANSLATED =
  /^(?:bedrock|bedrock_converse|vertex_ai\w*|sagemaker\w*|cohere\w*|huggingface|replicate|watsonx\w*|databricks|snowflake|oci|sap|clarifai|predibase|nlp_cloud|petals|palm|aleph_alpha|baseten|triton|github_copilot|chatgpt|voyage|jina_ai|infinity|topaz|deepgram|elevenlabs|assemblyai|aws_polly|auto_router|custom)$/;

export interface Named {
  readonly provider: string;
  /** What the provider is asked for. */
  readonly model: string;
}

/** `provider/model`, or a model by its name alone; undefined where nobody can tell whose it is. */
export function namedModel(text: string, given: string | undefined): Named | undefined {
  const slash = text.indexOf("/");
  const prefix = slash < 0 ? "" : text.slice(0, slash);
  if (prefix !== "" && (PROVIDERS.has(prefix) || TRANSLATED.test(prefix))) {
    return { provider: prefix, model: text.slice(slash + 1) };
  }
  if (given !== undefined) return { provider: given, model: text };
  const [, provider] = BY_NAME.find(([pattern]) => pattern.test(text)) ?? [];
  return provider === undefined ? undefined : { provider, model: text };
}

/** What LiteLLM knows by name. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:ft:)?(?:gpt-|chatgpt-|o[134](?:-|$)|text-embedding-|dall-e-|whisper-|tts-|omni-)/,
    "openai",
  ],
  [/^claude-/, "anthropic"],
];
