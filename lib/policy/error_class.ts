/** What an error reply is about, in its vendor's words: it decides who is to blame, and for how long. */
import { isJsonObject, type JsonObject, objectOf, objectsIn } from "../dialect/json_object.ts";
import { errorMembers } from "./error_members.ts";
import {
  type ErrorPhrases,
  FLAGGED,
  MODEL_UNKNOWN,
  NO_MONEY,
  PREFIXES,
  REFUSED_KEY,
  SEE_RAW,
  TOO_LONG,
} from "./error_phrases.ts";

/**
 * Asked in this order: an account without money, or its key refused · more than the model takes ·
 * (sealed content and capabilities have their place here) · the model, with the name that the error
 * gives it · nothing of these.
 */
export type ErrorClass =
  | { readonly kind: "no_money" }
  | { readonly kind: "refused_key" }
  | { readonly kind: "too_long" }
  | { readonly kind: "flagged" }
  | {
    readonly kind: "model_unknown";
    /** Undefined where the error names none. */
    readonly name: string | undefined;
    /** Whether it stood elsewhere than in the request's own `model`. */
    readonly isNested: boolean;
  }
  /** An HTML page in the place of an error. */
  | { readonly kind: "page" }
  | { readonly kind: "other" };

/** What of a reply tells its class. */
export interface ErrorReply {
  readonly status: number;
  /** The decoded body of the error, or the data of the error event. */
  readonly errorText: string;
}

/** Nothing that tells whose fault it is. */
export const NOTHING_SAID: ErrorClass = { kind: "other" };

/** The class of a reply: of an error, or of the error that stands in its place; else nothing said. */
export function errorClassOfReply(reply: ErrorReply): ErrorClass {
  return reply.status >= 400 || reply.errorText !== "" ? errorClassOf(reply) : NOTHING_SAID;
}

/** The class of an error reply, or of an error inside a 200. */
export function errorClassOf({ status, errorText }: ErrorReply): ErrorClass {
  if (isPage(errorText)) return { kind: status === 401 ? "refused_key" : "page" };
  const said = statementOf(errorMembers(errorText));
  if (saysNoMoney(said)) return { kind: "no_money" };
  if (status < 500 && status !== 429 && says(said, REFUSED_KEY)) return { kind: "refused_key" };
  if (status !== 429 && !isRefusal(status) && (status === 413 || says(said, TOO_LONG))) {
    return { kind: "too_long" };
  }
  if (says(said, FLAGGED) || said.isFlagged) return { kind: "flagged" };
  return modelUnknown(status, said) ?? (isRefusal(status) ? { kind: "refused_key" } : NOTHING_SAID);
}

/** A challenge or a login page says nothing of a request; nor does a web server's own error page. */
function isPage(errorText: string): boolean {
  return /^\s*</.test(errorText);
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

/** What an error says, less what resellers put around it. */
interface Statement {
  readonly codes: readonly string[];
  readonly message: string;
  /** What of the request it is about; empty where it does not say. */
  readonly param: string;
  readonly isFlagged: boolean;
}

function statementOf(error: JsonObject): Statement {
  const { metadata } = error;
  const whole = textOf(error.message) || textOf(error.error) || textOf(error.detail) ||
    textOf(error.msg);
  const raw = textOf(objectOf(metadata).raw);
  const inner = SEE_RAW.test(whole.trim()) && raw !== "" ? innerOf(raw) : undefined;
  if (inner !== undefined) return inner;
  const message = withoutPrefixes(whole);
  // Only what a known prefix announces is another's error, and not something that is quoted.
  const wrapped = message === whole.trim() ? undefined : innerOf(message);
  return wrapped ?? {
    codes: codesOf(error),
    message,
    param: textOf(error.param),
    isFlagged: isJsonObject(metadata) && "flagged_input" in metadata,
  };
}

/** The statement of an error that stands in a text as JSON, or as Python prints it. */
function innerOf(text: string): Statement | undefined {
  const start = /^b?['"]?\{/.exec(text)?.[0].length;
  if (start === undefined) return undefined;
  const json = text.slice(start - 1, text.lastIndexOf("}") + 1);
  const members = errorMembers(json);
  if (Object.keys(members).length > 0) return statementOf(members);
  const [, , message = ""] = /["']message["']\s*:\s*(["'])(.*?)(?<!\\)\1/s.exec(json) ?? [];
  return message === "" ? undefined : statementOf({ message });
}

function withoutPrefixes(message: string): string {
  let rest = message.trim();
  for (let count = 0; count < MOST_PREFIXES; count++) {
    const prefix = PREFIXES.find((each) => each.test(rest));
    if (prefix === undefined) break;
    rest = rest.replace(prefix, "");
  }
  return rest;
}

/** Gateways behind gateways. */
const MOST_PREFIXES = 4;

function codesOf(error: JsonObject): string[] {
  const reasons = objectsIn(error.details).map(({ reason }) => reason);
  return [error.type, error.code, error.status, ...reasons]
    .map((code) => textOf(code).toLowerCase()).filter((code) => code !== "");
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function says({ codes, message }: Statement, phrases: ErrorPhrases): boolean {
  return codes.some((code) => phrases.codes.has(code)) ||
    phrases.starts.some((start) => start.test(message));
}

function saysNoMoney(said: Statement): boolean {
  return says(said, NO_MONEY) || said.codes.some((code) => code.endsWith("_spend_limit_exceeded"));
}

/** Statuses with which vendors say that they do not have a model; 200 stands for an error in one. */
const MODEL_STATUSES: ReadonlySet<number> = new Set([200, 400, 403, 404, 410, 422]);

function modelUnknown(status: number, said: Statement): ErrorClass | undefined {
  if (!MODEL_STATUSES.has(status) || !says(said, MODEL_UNKNOWN)) return undefined;
  const name = MODEL_UNKNOWN.starts.map((start) => start.exec(said.message)?.groups?.name)
    .find((found) => found !== undefined);
  const isNested = said.param !== "" && said.param !== "model";
  return { kind: "model_unknown", name, isNested };
}

/** Whether an error's word for a model is this one. */
export function isNameOf(named: string, model: string): boolean {
  return bareName(named) === bareName(model);
}

/** A model's name without what vendors put around it: Google writes `models/…`, or a whole path. */
export function bareName(named: string): string {
  return named.toLowerCase().replace(/[.:]+$/, "").replace(/^.*models\//, "");
}
