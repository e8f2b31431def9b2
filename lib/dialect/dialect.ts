/** What a vendor's wire format says, behind one interface. The formats themselves: one file each. */
import type { RawHeaders } from "../wire/headers.ts";
import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
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

export type DialectName = "openai" | "anthropic" | "gemini" | "azure";

/** A model's name in a path, percent-encoded. */
export interface PathModel {
  /** Characters [start, end) of the path. */
  readonly start: number;
  readonly end: number;
  /** What becomes of a slash in a name that is put there. */
  readonly slash: "stays" | "encoded";
  /** What another model elsewhere in the request is to this vendor: the same one, or nothing. */
  readonly elsewhere: "same" | "ignored";
}

/** The headers in which the vendors' clients put a key. */
export type CredentialHeader = "authorization" | "x-api-key" | "x-goog-api-key" | "api-key";
/** Keys from the top of a JSON body, each in all its spellings; `*` is each element of a list. */
export type JsonPath = readonly (readonly string[] | "*")[];

export interface Dialect {
  readonly name: DialectName;
  /** Whether a request is of this dialect. */
  readonly speaks: (path: string, headers: RawHeaders) => boolean;
  /** Where a path of this dialect names the model; undefined where it does not. */
  readonly modelInPath: (path: string) => PathModel | undefined;
  /** The parameters of a query that name the model. */
  readonly queryModels: readonly string[];
  /** Where the body repeats the model that its path names, besides a top-level `model`. */
  readonly repeatedModels: readonly JsonPath[];
  /** What may stand before a model's name in a JSON body. */
  readonly modelPrefix: string;
  /** The header that carries a key where nothing else is known. */
  readonly credentialHeader: CredentialHeader;
  /** The error body for a problem, as this vendor's clients read it. */
  readonly errorBody: (problem: Problem) => unknown;
  /** The body of a list of models. */
  readonly modelList: (names: readonly string[]) => unknown;
  /** One model of that list. */
  readonly model: (name: string) => unknown;
}

/** Those that a request shows. */
const TELLING: readonly Dialect[] = [anthropic, gemini, azure];

/** The dialect of a request, by its path and headers; OpenAI's where nothing says otherwise. */
export function dialectOf(path: string, headers: RawHeaders): Dialect {
  return TELLING.find((dialect) => dialect.speaks(path, headers)) ?? openai;
}
