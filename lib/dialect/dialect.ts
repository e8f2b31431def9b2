/** What a vendor's wire format says, behind one interface. The formats themselves: one file each. */
import type { RawHeaders } from "../wire/headers.ts";
import { anthropic } from "./anthropic.ts";
import { gemini } from "./gemini.ts";
import { openai } from "./openai.ts";

/** An answer of our own to a request that no backend answered. */
export interface Problem {
  readonly status: number;
  /** Stable, for programs: `unknown_model`, `all_backends_failed` … */
  readonly code: string;
  /** For people: what happened and what to do. Never a credential. */
  readonly message: string;
  /** Sent as `Retry-After`, in whole seconds, rounded up. */
  readonly retryAfterMs?: number;
}

/** Characters [start, end) of a path. */
export interface PathSpan {
  readonly start: number;
  readonly end: number;
}

/** The headers in which the vendors' clients put a key. */
export type CredentialHeader = "authorization" | "x-api-key" | "x-goog-api-key" | "api-key";

export interface Dialect {
  readonly name: "openai" | "anthropic" | "gemini";
  /** Whether a request is of this dialect. */
  readonly speaks: (path: string, headers: RawHeaders) => boolean;
  /** Where a path of this dialect names the model, percent-encoded; undefined where it does not. */
  readonly modelInPath: (path: string) => PathSpan | undefined;
  /** The header that carries a key where nothing else is known. */
  readonly credentialHeader: CredentialHeader;
  /** The error body for a problem, as this vendor's clients read it. */
  readonly errorBody: (problem: Problem) => unknown;
  /** The body of a list of models. */
  readonly modelList: (names: readonly string[]) => unknown;
  /** One model of that list. */
  readonly model: (name: string) => unknown;
}

/** The dialect of a request, by its path and headers; OpenAI's where nothing says otherwise. */
export function dialectOf(path: string, headers: RawHeaders): Dialect {
  return [anthropic, gemini].find((dialect) => dialect.speaks(path, headers)) ?? openai;
}
