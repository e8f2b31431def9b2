/** The smallest request that shows whether a model answers in a stream, in each vendor's format. */
import type { Alias, Backend, Route } from "../config/snapshot.ts";
import type { DialectName } from "../dialect/dialect.ts";

export type FormName = "openai_chat" | "openai_responses" | "anthropic" | "gemini" | "azure";

export interface Form {
  readonly name: FormName;
  /** Path and query, as a caller would send it. */
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** What the model may write, at most. */
  readonly mostTokens: number;
}

/** What is asked, which every tokenizer makes less than `PROMPT_TOKENS` of, its frame included. */
const PROMPT = "Reply with the word: ok";
export const PROMPT_TOKENS = 30;

/** For a word; OpenAI's responses take no less. */
const WORD_TOKENS = 16;
/** For a model that thinks first, and is cut off with nothing said where it may write a few words only. */
const THINKING_TOKENS = 1024;

/** The request that an alias's caller would send, to be answered by this route. */
export function formFor(alias: Alias, route: Route): Form {
  const name = formNameOf(route);
  const mostTokens = thinks(route.model) ? THINKING_TOKENS : WORD_TOKENS;
  const { target, headers = [], body } = MAKERS[name](alias.name, {
    model: route.model,
    mostTokens,
  });
  const json = [["content-type", "application/json"], ["accept", "text/event-stream"]] as const;
  return { name, target, headers: [...json, ...headers], body: JSON.stringify(body), mostTokens };
}

interface Request {
  readonly target: string;
  readonly headers?: Form["headers"];
  readonly body: unknown;
}

interface Asked {
  /** The backend's own name for it. */
  readonly model: string;
  readonly mostTokens: number;
}

type Maker = (alias: string, asked: Asked) => Request;

const MESSAGES = [{ role: "user", content: PROMPT }];

/** https://learn.microsoft.com/azure/ai-services/openai/api-version-lifecycle */
const AZURE_VERSION = "2024-12-01-preview";

const MAKERS: Readonly<Record<FormName, Maker>> = {
  openai_chat: (alias, asked) => ({
    target: "/v1/chat/completions",
    body: { model: alias, messages: MESSAGES, stream: true, ...chatLimit(asked) },
  }),
  // https://platform.openai.com/docs/api-reference/responses/create
  openai_responses: (alias, { mostTokens }) => ({
    target: "/v1/responses",
    body: {
      model: alias,
      input: PROMPT,
      stream: true,
      store: false,
      max_output_tokens: mostTokens,
    },
  }),
  // https://docs.anthropic.com/en/api/messages
  anthropic: (alias, { mostTokens }) => ({
    target: "/v1/messages",
    headers: [["anthropic-version", "2023-06-01"]],
    body: { model: alias, messages: MESSAGES, stream: true, max_tokens: mostTokens },
  }),
  // https://ai.google.dev/api/generate-content
  gemini: (alias, { mostTokens }) => ({
    target: `/v1beta/models/${encodeURIComponent(alias)}:streamGenerateContent?alt=sse`,
    body: {
      contents: [{ role: "user", parts: [{ text: PROMPT }] }],
      generationConfig: { maxOutputTokens: mostTokens },
    },
  }),
  azure: (alias, asked) => ({
    target: `/openai/deployments/${encodeURIComponent(alias)}/chat/completions` +
      `?api-version=${AZURE_VERSION}`,
    body: { messages: MESSAGES, stream: true, ...chatLimit(asked) },
  }),
};

/** OpenAI's models that think refuse the older name, which everybody else knows. https://platform.openai.com/docs/guides/reasoning */
function chatLimit({ model, mostTokens }: Asked): Readonly<Record<string, number>> {
  return NEWER_LIMIT.test(bare(model))
    ? { max_completion_tokens: mostTokens }
    : { max_tokens: mostTokens };
}

const NEWER_LIMIT = /^(?:o\d|gpt-[5-9]|gpt-\d{2})/;

/** Names under which models are sold that think before they answer, unless they are told not to. */
const THINKING =
  /^o\d|^gpt-[5-9]|^gpt-\d{2}|^gpt-oss|^gemini-(?:2\.5|[3-9])|think|reason|(?:^|[-_.])r\d(?:[-_.]|$)|^qwq|^qwen3|^glm-(?:4\.[5-9]|[5-9])|^kimi-k2|^minimax-m|^magistral|^grok-[3-9]|^deepseek-v[4-9]|codex/;

function thinks(model: string): boolean {
  return THINKING.test(bare(model));
}

/** Without the vendor that resellers put before it: `openai/gpt-5`. */
function bare(model: string): string {
  return model.toLowerCase().replace(/^.*\//, "");
}

/** The format that a route is asked in: what its backend says that it speaks, else what it seems to. */
export function formNameOf({ backend, model }: Pick<Route, "backend" | "model">): FormName {
  const [first, ...others] = backend.dialects ?? [];
  const guess = guessOf(backend, model);
  const dialect = first === undefined || others.includes(guess) ? guess : first;
  if (dialect !== "openai") return dialect;
  return RESPONSES_ONLY.test(bare(model)) ? "openai_responses" : "openai_chat";
}

/** https://platform.openai.com/docs/models: those that no chat completion is made with. */
const RESPONSES_ONLY = /codex|^o\d-pro|^gpt-[5-9](?:\.\d)?-pro|deep-research|computer-use/;

function guessOf({ origin, basePath }: Backend, model: string): DialectName {
  const { hostname } = new URL(origin);
  if (/\.azure\.com$/.test(hostname)) return basePath.includes("/openai/v1") ? "openai" : "azure";
  if (/anthropic/.test(hostname + basePath)) return "anthropic";
  if (/openai/.test(basePath)) return "openai";
  if (/googleapis\.com$/.test(hostname) || /v1beta/.test(basePath)) return "gemini";
  return /^claude/.test(bare(model)) ? "anthropic" : "openai";
}
