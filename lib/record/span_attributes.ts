/**
 * What a span says of a request or an attempt, in the words of OpenTelemetry's conventions for
 * generative AI and for HTTP, and in ours (`llm_proxy.*`). No body, no URL, no credential.
 * https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/
 */
import { type DialectName, dialectOf } from "../dialect/dialect.ts";
import { pathOf } from "../wire/receive.ts";
import type { AttemptRecord, Entry } from "./entry.ts";
import { ruleOf } from "../policy/rules.ts";
import { lastRule } from "./request_fields.ts";
import { fallbacksIn } from "./next_step.ts";
import { relayedAttempt, tokensOf } from "./measures.ts";

/** Undefined for what is not known: such an attribute is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function requestAttributes(entry: Entry): Attributes {
  const { arrival, call, response, ending, attempts } = entry;
  const { id, method, callerName, snapshot } = arrival;
  const answered = response?.answered.by === "backend" ? response.answered : undefined;
  const { inputTokens, outputTokens, cachedTokens, reasoningTokens } = tokensOf(entry);
  return {
    ...sharedAttributes(entry),
    "gen_ai.request.model": call?.alias.name,
    "gen_ai.response.model": answered?.model,
    "gen_ai.usage.input_tokens": inputTokens,
    "gen_ai.usage.output_tokens": outputTokens,
    "gen_ai.usage.cache_read.input_tokens": cachedTokens,
    "gen_ai.usage.reasoning.output_tokens": reasoningTokens,
    "http.request.method": KNOWN_METHODS.has(method) ? method : "_OTHER",
    "http.response.status_code": response?.status,
    "llm_proxy.request.id": id,
    "llm_proxy.caller": callerName === "" ? undefined : callerName,
    "llm_proxy.alias": call?.alias.name,
    "llm_proxy.backend": answered?.backend,
    "llm_proxy.ending": ending?.kind,
    "llm_proxy.rule": lastRule(entry),
    "llm_proxy.attempts": attempts.length,
    "llm_proxy.fallbacks": fallbacksIn(attempts),
    "llm_proxy.config.revision": snapshot.revision,
  };
}

export function attemptAttributes(entry: Entry, attempt: AttemptRecord): Attributes {
  const { backend, model, outcome, verdict, kind, change } = attempt;
  const place = placeOf(entry, backend);
  return {
    ...sharedAttributes(entry),
    "gen_ai.request.model": model,
    "http.response.status_code": outcome.kind === "reply" ? outcome.status : undefined,
    "server.address": place?.hostname,
    "server.port": place?.port,
    "llm_proxy.alias": entry.call?.alias.name,
    "llm_proxy.backend": backend,
    "llm_proxy.rule": attempt === relayedAttempt(entry) ? lastRule(entry) : ruleOf(verdict.row),
    "llm_proxy.action": verdict.action,
    "llm_proxy.attempt.kind": kind,
    "llm_proxy.cooled": change.kind === "cooled" ? change.scope : undefined,
  };
}

/** `chat claude-opus`; without the model where it is no alias, since callers can name anything. */
export function requestName({ call, arrival }: Entry): string {
  const operation = operationOf(arrival.target) ?? "request";
  const name = call?.alias.name ?? "";
  return arrival.snapshot.aliases.has(name) ? `${operation} ${name}` : operation;
}

function sharedAttributes({ arrival, call }: Entry): Attributes {
  const dialect = call?.dialect ?? dialectOf(pathOf(arrival.target), arrival.headers);
  return {
    "gen_ai.operation.name": operationOf(arrival.target),
    "gen_ai.provider.name": PROVIDERS[dialect.name],
  };
}

/** The conventions' names of the vendors whose formats these are. */
const PROVIDERS: Readonly<Record<DialectName, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  gemini: "gcp.gemini",
  azure: "azure.ai.openai",
};

/** The conventions' names of what a model is asked to do, by how the path ends. */
const OPERATIONS: readonly (readonly [RegExp, string])[] = [
  [/\/(?:embeddings|models\/[^/]+:(?:embedContent|batchEmbedContents))$/, "embeddings"],
  [/\/models\/[^/]+:(?:generateContent|streamGenerateContent)$/, "generate_content"],
  [/\/(?:chat\/completions|messages|responses)$/, "chat"],
  [/\/completions$/, "text_completion"],
];

function operationOf(target: string): string | undefined {
  const path = pathOf(target);
  return OPERATIONS.find(([ending]) => ending.test(path))?.[1];
}

const KNOWN_METHODS: ReadonlySet<string> = new Set(
  ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
);

function placeOf({ arrival }: Entry, backend: string) {
  const origin = arrival.snapshot.backends.get(backend)?.origin;
  if (origin === undefined) return undefined;
  const { hostname, port, protocol } = new URL(origin);
  return { hostname, port: Number(port === "" ? (protocol === "https:" ? 443 : 80) : port) };
}
