/** How a command asks the running proxy: over its admin port. */
import { type AdminCall, ask } from "./admin_exchange.ts";
import { readEnv } from "../config/read_env.ts";
import { safe } from "./table.ts";
import {
  type AdminTarget,
  adminTarget,
  type TargetOptions,
  TOKEN_VARIABLE,
} from "./admin_target.ts";

export type { AdminCall } from "./admin_exchange.ts";

/** What came of it; the message is one line for a person. */
export type AdminReply =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly message: string };

export interface Asking extends TargetOptions {
  /** Of this program, to tell another one there. */
  readonly version: string;
}

/** Asks the proxy that the options lead to. */
export async function askProxy(call: AdminCall, asking: Asking): Promise<AdminReply> {
  const target = await adminTarget(asking);
  if (!target.ok) return failed(`${target.reason}.`);
  try {
    const answer = await ask(target.value, call);
    return understood(answer, call) ?? failed(await misunderstood(target.value, answer, asking));
  } catch (cause) {
    return failed(await noAnswer(target.value, cause));
  }
}

type Answer = Awaited<ReturnType<typeof ask>>;

function failed(message: string): AdminReply {
  return { ok: false, message: safe(message) };
}

/** Undefined where it is no answer of this admin port's to that call. */
function understood({ status, body }: Answer, { member }: AdminCall): AdminReply | undefined {
  if (status === 200) {
    return body !== undefined && Object.hasOwn(body, member) ? { ok: true, body } : undefined;
  }
  const { code, message } = errorOf(body);
  if (code === "" || status === 401 || code === "no_such_page") return undefined;
  return failed(message);
}

/** Of the admin port's own errors, which are a code and a message and nothing else. */
function errorOf(body: Answer["body"]): { readonly code: string; readonly message: string } {
  const error: unknown = body?.error;
  const none = { code: "", message: "" };
  if (typeof error !== "object" || error === null) return none;
  if (Object.keys(error).sort().join() !== "code,message") return none;
  const { code, message } = error as Record<string, unknown>;
  return typeof code === "string" && typeof message === "string" ? { code, message } : none;
}

async function misunderstood(
  target: AdminTarget,
  { status, body, location }: Answer,
  { version }: Asking,
): Promise<string> {
  const { code } = errorOf(body);
  if (code === "token_needed") return tokenWords(target);
  const where = whereIs(target);
  if (location !== "") return `${where} sends elsewhere, to ${location}: name that with -admin.`;
  const other = await versionThere(target);
  if (other !== undefined && other !== version) {
    return `${where} is llm-proxy ${other}, and this is ${version}, which it does not understand: ` +
      "use the same one.";
  }
  if (status === 401 || status === 403) {
    return `${where} refuses (status ${status}), and is not llm-proxy itself: a proxy before it?`;
  }
  const hint = await speaksOtherwise(target) ?? "";
  return `What listens on ${where} is not the admin port of llm-proxy (status ${status}).${hint}`;
}

function tokenWords(target: AdminTarget): string {
  const ways = `set ${TOKEN_VARIABLE}, or name a -token-file`;
  if (target.token === "") return `${whereIs(target)} wants its token (admin.token): ${ways}.`;
  return `${whereIs(target)} does not know the token of ${target.tokenFrom}. ` +
    `It takes the one it was started with or has loaded since: ${ways}.`;
}

async function noAnswer(target: AdminTarget, cause: unknown): Promise<string> {
  const words = `No proxy answers on ${whereIs(target)} (${target.urlFrom}): ${whyOf(cause)}.`;
  return `${words}${await speaksOtherwise(target) ?? " Is it running?"}`;
}

/** `127.0.0.1:8081`, or the URL where that is more than an address. */
function whereIs({ url }: AdminTarget): string {
  const { protocol, host, pathname } = new URL(url);
  return protocol === "http:" && pathname === "/" ? host : url;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "it hung up",
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "its name cannot be looked up now",
  ETIMEDOUT: "it does not answer",
  EHOSTUNREACH: "no way leads there",
  ENETUNREACH: "no way leads there",
};

const NOT_TRUSTED = /certificate|UnknownIssuer|CaUsedAsEndEntity/i;

/** What an error says, and what it says was the matter. */
function allOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause === undefined ? cause.message : `${cause.message}: ${allOf(cause.cause)}`;
}

/** Of fetch, whose errors have no codes. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/connection refused/i, "nothing listens there"],
  [/connection reset|unexpected end of file|connection closed/i, "it hung up"],
  [/failed to lookup|dns error/i, "there is no host of that name"],
  [/InvalidContentType|wrong version|corrupt message/i, "it speaks no https"],
];

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === "TimeoutError" || cause.name === "AbortError") return "it does not answer";
  const known = REASONS["code" in cause ? String(cause.code) : ""];
  if (known !== undefined) return known;
  const said = allOf(cause);
  if (NOT_TRUSTED.test(said)) {
    const what = /[^:]*$/.exec(said)?.[0].trim() ?? "";
    const own = readEnv("DENO_CERT") ?? "";
    const remedy = own === ""
      ? "name its root in DENO_CERT"
      : `DENO_CERT=${own} is in force, and its root is not in that file`;
    return `its certificate is not trusted (${what}); ${remedy}`;
  }
  const told = WORDS.find(([pattern]) => pattern.test(said));
  return told?.[1] ?? said.split("\n")[0] ?? "";
}

/** A sentence where it answers by the other of http and https; the token is not shown there. */
async function speaksOtherwise({ url }: AdminTarget): Promise<string | undefined> {
  const other = url.startsWith("https:")
    ? url.replace(/^https:/, "http:")
    : url.replace(/^http:/, "https:");
  try {
    const { text } = await ask({ url: other, token: "" }, { method: "GET", target: "/health" });
    if (!/^(?:ok|draining)$/.test(text.trim())) return undefined;
    return ` It answers as ${other}: name that with -admin.`;
  } catch (cause) {
    const isTls = other.startsWith("https:") && NOT_TRUSTED.test(allOf(cause));
    return isTls ? ` It speaks https: name ${other} with -admin.` : undefined;
  }
}

async function versionThere(target: AdminTarget): Promise<string | undefined> {
  try {
    const { body } = await ask(target, { method: "GET", target: "/api/now" });
    return typeof body?.version === "string" ? body.version.slice(0, 40) : undefined;
  } catch {
    return undefined;
  }
}
