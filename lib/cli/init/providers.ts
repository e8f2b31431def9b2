/** The providers that `init` knows by name: where each is, what it speaks and what its key is called. */

/** What a client asks in: the calls behind it, not the whole dialect. */
export type Format = "chat" | "responses" | "messages" | "gemini";

/** What a backend may be said to speak. */
export type Dialect = "openai" | "anthropic" | "gemini";

/** One address of a provider. */
export interface Endpoint {
  /** Put behind the backend's name; empty for the first. */
  readonly suffix: string;
  /** Undefined where only the person knows it. */
  readonly url: string | undefined;
  /** `auto` leaves the key where the caller's was: for those that take several formats at one address. */
  readonly dialect: Dialect | readonly Dialect[] | "auto";
  readonly formats: readonly Format[];
}

/** The provider's own names of models, as its documentation has them; any may be changed when asked. */
export interface ModelNames {
  /** Its best in OpenAI's format, or in Gemini's where it speaks that alone. */
  readonly main: string;
  /** For Claude Code's three sizes; undefined for `main` in all of them. */
  readonly claude?: ClaudeModels;
  /** In Gemini's format, where that is another. */
  readonly gemini?: string;
}

export interface ClaudeModels {
  readonly opus: string;
  readonly sonnet: string;
  readonly haiku: string;
}

export interface Provider {
  /** The name of its backend. */
  readonly id: string;
  /** As it calls itself. */
  readonly name: string;
  readonly also: readonly string[];
  /** Where its models and keys are listed. */
  readonly page: string;
  /** Of its key, as its documentation has it. */
  readonly variable: string;
  /** Whether it answers without one, as servers on one's own machine do. */
  readonly keyless: boolean;
  readonly endpoints: readonly Endpoint[];
  /** What to ask for the address; undefined where it is known. An answer is put in place of `{}`. */
  readonly address?: { readonly question: string; readonly template: string };
  readonly models: ModelNames;
  /** Whether only the person knows which of the formats it speaks; default that it speaks them all. */
  readonly asksFormats?: boolean;
}

function openai(url: string | undefined, ...more: readonly Format[]): Endpoint {
  return { suffix: "", url, dialect: "openai", formats: ["chat", ...more] };
}

function anthropic(url: string, dialect: Endpoint["dialect"] = "anthropic"): Endpoint {
  return { suffix: "-anthropic", url, dialect, formats: ["messages"] };
}

function every(url: string | undefined, ...formats: readonly Format[]): readonly Endpoint[] {
  return [{ suffix: "", url, dialect: "auto", formats }];
}

/** What Claude Code asks Anthropic for, and most resellers take by the same names. */
export const CLAUDE: ClaudeModels = {
  opus: "claude-opus-5-5",
  sonnet: "claude-sonnet-5-5",
  haiku: "claude-haiku-5-5",
};

const NO_ADDRESS = { keyless: false } as const;

export const PROVIDERS: readonly Provider[] = [
  {
    ...NO_ADDRESS,
    id: "openai",
    name: "OpenAI",
    also: ["gpt", "chatgpt"],
    page: "https://platform.openai.com/docs/models",
    variable: "OPENAI_API_KEY",
    endpoints: [openai("https://api.openai.com/v1", "responses")],
    models: { main: "gpt-5.5" },
  },
  {
    ...NO_ADDRESS,
    id: "anthropic",
    name: "Anthropic",
    also: ["claude"],
    page: "https://docs.anthropic.com/en/docs/about-claude/models",
    variable: "ANTHROPIC_API_KEY",
    endpoints: [{ ...anthropic("https://api.anthropic.com"), suffix: "" }],
    models: { main: CLAUDE.sonnet, claude: CLAUDE },
  },
  {
    ...NO_ADDRESS,
    id: "gemini",
    name: "Gemini",
    also: ["google"],
    page: "https://ai.google.dev/gemini-api/docs/models",
    variable: "GEMINI_API_KEY",
    endpoints: [{
      suffix: "",
      url: "https://generativelanguage.googleapis.com",
      dialect: "gemini",
      formats: ["gemini"],
    }],
    models: { main: "gemini-2.5-pro" },
  },
  {
    ...NO_ADDRESS,
    id: "deepseek",
    name: "DeepSeek",
    also: [],
    page: "https://api-docs.deepseek.com/guides/anthropic_api",
    variable: "DEEPSEEK_API_KEY",
    endpoints: [
      openai("https://api.deepseek.com"),
      anthropic("https://api.deepseek.com/anthropic"),
    ],
    models: {
      main: "deepseek-v4-pro",
      claude: { opus: "deepseek-v4-pro", sonnet: "deepseek-v4-pro", haiku: "deepseek-v4-flash" },
    },
  },
  {
    ...NO_ADDRESS,
    id: "moonshot",
    name: "Moonshot (Kimi)",
    also: ["kimi"],
    page: "https://platform.moonshot.ai/docs (in China: api.moonshot.cn)",
    variable: "MOONSHOT_API_KEY",
    endpoints: [
      openai("https://api.moonshot.ai/v1"),
      // Its guide has the key as Bearer, which is where Claude Code's ANTHROPIC_AUTH_TOKEN puts it.
      anthropic("https://api.moonshot.ai/anthropic", "auto"),
    ],
    models: { main: "kimi-k2.5" },
  },
  {
    ...NO_ADDRESS,
    id: "zhipu",
    name: "Zhipu (GLM)",
    also: ["glm", "bigmodel", "z.ai", "智谱"],
    page: "https://docs.bigmodel.cn (outside China: api.z.ai)",
    variable: "ZHIPUAI_API_KEY",
    endpoints: [
      openai("https://open.bigmodel.cn/api/paas/v4"),
      anthropic("https://open.bigmodel.cn/api/anthropic", "auto"),
    ],
    models: {
      main: "glm-5.1",
      claude: { opus: "glm-5.1", sonnet: "glm-5.1", haiku: "glm-4.5-air" },
    },
  },
  {
    ...NO_ADDRESS,
    id: "qwen",
    name: "Qwen (DashScope)",
    also: ["dashscope", "aliyun", "bailian", "百炼", "通义"],
    page: "https://help.aliyun.com/zh/model-studio (outside China: dashscope-intl.aliyuncs.com)",
    variable: "DASHSCOPE_API_KEY",
    endpoints: [
      openai("https://dashscope.aliyuncs.com/compatible-mode/v1"),
      anthropic("https://dashscope.aliyuncs.com/apps/anthropic"),
    ],
    models: {
      main: "qwen3-max",
      claude: { opus: "qwen3-max", sonnet: "qwen3-coder-plus", haiku: "qwen-flash" },
    },
  },
  {
    ...NO_ADDRESS,
    id: "openrouter",
    name: "OpenRouter",
    also: [],
    page: "https://openrouter.ai/models",
    variable: "OPENROUTER_API_KEY",
    endpoints: every("https://openrouter.ai/api/v1", "chat", "responses", "messages"),
    models: {
      main: "openai/gpt-5.5",
      claude: {
        opus: "anthropic/claude-opus-4.7",
        sonnet: "anthropic/claude-sonnet-4.6",
        haiku: "anthropic/claude-haiku-4.5",
      },
    },
  },
  {
    ...NO_ADDRESS,
    id: "azure",
    name: "Azure OpenAI",
    also: ["microsoft"],
    page: "https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle",
    variable: "AZURE_OPENAI_API_KEY",
    endpoints: [openai(undefined, "responses")],
    address: {
      question: "The resource's name (of https://NAME.openai.azure.com)",
      template: "https://{}.openai.azure.com/openai/v1",
    },
    models: { main: "gpt-5.5" },
  },
  local("ollama", {
    name: "Ollama",
    page: "https://docs.ollama.com/api/anthropic-compatibility",
    url: "http://127.0.0.1:11434/v1",
    model: "qwen3-coder",
  }),
  local("lmstudio", {
    name: "LM Studio",
    page: "https://lmstudio.ai/docs/developer",
    url: "http://127.0.0.1:1234/v1",
    model: "openai/gpt-oss-20b",
  }),
  local("vllm", {
    name: "vLLM",
    page: "https://docs.vllm.ai/en/stable/serving/",
    url: "http://127.0.0.1:8000/v1",
    model: "openai/gpt-oss-120b",
  }),
  {
    ...NO_ADDRESS,
    id: "reseller",
    name: "a reseller",
    also: ["中转站", "other"],
    page: "the reseller's own list of models",
    variable: "RESELLER_API_KEY",
    endpoints: every(undefined, "chat", "responses", "messages", "gemini"),
    address: { question: "Its base URL (such as https://api.example.com/v1)", template: "{}" },
    models: { main: "gpt-5.5", claude: CLAUDE, gemini: "gemini-2.5-pro" },
    asksFormats: true,
  },
];

/** One on this machine, which takes OpenAI's and Anthropic's format at one address. */
function local(
  id: string,
  { name, page, url, model }: Readonly<Record<"name" | "page" | "url" | "model", string>>,
): Provider {
  return {
    id,
    name,
    also: [],
    page,
    variable: `${id.toUpperCase()}_API_KEY`,
    keyless: true,
    endpoints: every(url, "chat", "responses", "messages"),
    models: { main: model },
  };
}
