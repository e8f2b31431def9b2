/** What the numbers of new-api and one-api stand for: constant/channel.go and relay/channeltype/define.go of theirs. */
import type { DialectName } from "../dialect/dialect.ts";

export interface ChannelType {
  readonly name: string;
  /** Where it is unless the channel says; undefined where it must. */
  readonly host: string | undefined;
  /** What every call of this kind goes below. */
  readonly below: string;
  readonly dialects: readonly DialectName[];
}

/** One that cannot be called without translation. */
export interface Untranslated {
  readonly name: string;
  readonly dialects: undefined;
}

function compatible(name: string, host?: string, below = "/v1"): ChannelType {
  return { name, host, below, dialects: ["openai"] };
}

function other(name: string): Untranslated {
  return { name, dialects: undefined };
}

const AZURE: ChannelType = {
  name: "azure",
  host: undefined,
  below: "/openai/v1",
  dialects: ["openai", "azure"],
};
const ANTHROPIC: ChannelType = {
  name: "anthropic",
  host: "https://api.anthropic.com",
  below: "",
  dialects: ["anthropic"],
};
const GEMINI: ChannelType = {
  name: "gemini",
  host: "https://generativelanguage.googleapis.com",
  below: "",
  dialects: ["gemini"],
};
const DASHSCOPE = compatible("dashscope", "https://dashscope.aliyuncs.com", "/compatible-mode/v1");
const VOLCENGINE = compatible("volcengine", "https://ark.cn-beijing.volces.com", "/api/v3");
const OLLAMA = compatible("ollama", "http://localhost:11434");

/** The same in both. */
const COMMON: readonly (readonly [number, ChannelType | Untranslated])[] = [
  [1, compatible("openai", "https://api.openai.com")],
  [3, AZURE],
  [5, compatible("openai-sb", "https://api.openai-sb.com")],
  [6, compatible("openaimax", "https://api.openaimax.com")],
  [7, compatible("ohmygpt", "https://api.ohmygpt.com")],
  [8, compatible("custom", undefined, "")],
  [9, compatible("ails", "https://api.caipacity.com")],
  [10, compatible("aiproxy", "https://api.aiproxy.io")],
  [11, other("PaLM")],
  [12, compatible("api2gpt", "https://api.api2gpt.com")],
  [13, compatible("aigc2d", "https://api.aigc2d.com")],
  [14, ANTHROPIC],
  [15, other("Baidu")],
  [16, other("Zhipu")],
  [17, DASHSCOPE],
  [18, other("Xunfei")],
  [19, compatible("360", "https://api.360.cn")],
  [20, compatible("openrouter", "https://openrouter.ai/api")],
  [21, other("AIProxyLibrary")],
  [22, other("FastGPT")],
  [23, other("Tencent")],
  [24, GEMINI],
  [25, compatible("moonshot", "https://api.moonshot.cn")],
  [31, compatible("lingyiwanwu", "https://api.lingyiwanwu.com")],
  [33, other("AWS")],
];

export const NEW_API_TYPES: ReadonlyMap<number, ChannelType | Untranslated> = new Map([
  ...COMMON,
  [2, other("Midjourney")],
  [4, OLLAMA],
  [5, other("Midjourney Plus")],
  [26, compatible("zhipu", "https://open.bigmodel.cn", "/api/paas/v4")],
  [27, compatible("perplexity", "https://api.perplexity.ai", "")],
  [34, other("Cohere")],
  [35, compatible("minimax", "https://api.minimax.chat")],
  [36, other("Suno")],
  [37, other("Dify")],
  [38, compatible("jina", "https://api.jina.ai")],
  [39, other("Cloudflare")],
  [40, compatible("siliconflow", "https://api.siliconflow.cn")],
  [41, other("Vertex AI")],
  [42, compatible("mistral", "https://api.mistral.ai")],
  [43, compatible("deepseek", "https://api.deepseek.com")],
  [44, other("MokaAI")],
  [45, VOLCENGINE],
  [46, compatible("qianfan", "https://qianfan.baidubce.com", "/v2")],
  [47, compatible("xinference")],
  [48, compatible("xai", "https://api.x.ai")],
  [49, other("Coze")],
  [50, other("Kling")],
  [51, other("Jimeng")],
  [52, other("Vidu")],
  [53, compatible("submodel", "https://llm.submodel.ai")],
  [54, other("Doubao Video")],
  [55, compatible("sora", "https://api.openai.com")],
  [56, other("Replicate")],
  [57, other("Codex, which signs in by OAuth")],
]);

export const ONE_API_TYPES: ReadonlyMap<number, ChannelType | Untranslated> = new Map([
  ...COMMON,
  [2, compatible("api2d", "https://oa.api2d.net")],
  [4, compatible("closeai", "https://api.closeai-proxy.xyz")],
  [19, compatible("360", "https://ai.360.cn")],
  [26, compatible("baichuan", "https://api.baichuan-ai.com")],
  [27, compatible("minimax", "https://api.minimax.chat")],
  [28, compatible("mistral", "https://api.mistral.ai")],
  [29, compatible("groq", "https://api.groq.com/openai")],
  [30, OLLAMA],
  [32, compatible("stepfun", "https://api.stepfun.com")],
  [34, other("Coze")],
  [35, other("Cohere")],
  [36, compatible("deepseek", "https://api.deepseek.com")],
  [37, other("Cloudflare")],
  [38, other("DeepL")],
  [39, compatible("together", "https://api.together.xyz")],
  [40, VOLCENGINE],
  [41, compatible("novita", "https://api.novita.ai/v3/openai", "")],
  [42, other("Vertex AI")],
  [44, compatible("siliconflow", "https://api.siliconflow.cn")],
  [45, compatible("xai", "https://api.x.ai")],
  [46, other("Replicate")],
  [47, compatible("qianfan", "https://qianfan.baidubce.com", "/v2")],
  [49, DASHSCOPE],
  [50, compatible("openai-compatible")],
  [51, compatible("gemini-openai", "https://generativelanguage.googleapis.com", "/v1beta/openai")],
]);

/** From here on the two disagree. */
export const FIRST_OF_ITS_OWN = 26;
