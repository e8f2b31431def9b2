/** One call to an admin port and its answer. */
import { request } from "node:http";

export interface AdminCall {
  readonly method: "GET" | "POST";
  /** Path and query. */
  readonly target: string;
  /** Sent as JSON; undefined for none. */
  readonly body?: unknown;
  /** A member that every answer to it has: whatever else listens there has not. */
  readonly member: string;
}

export interface AdminAnswer {
  readonly status: number;
  readonly text: string;
  /** The text, where it is a JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
  /** Where it redirects to, without a query; empty for nowhere. Redirects are not followed: they would get the token. */
  readonly location: string;
}

/** It answers from memory. */
const ANSWER_MS = 10_000;
/** Longer answers are not the admin port's. */
const MOST_CHARACTERS = 16 * 1024 * 1024;

/** @throws {Error} where nobody answers, or not in time, or without end */
export function ask(
  { url, token }: { readonly url: string; readonly token: string },
  { method, target, body }: Omit<AdminCall, "member">,
): Promise<AdminAnswer> {
  const marks = { "x-llm-proxy": "1", "content-type": "application/json" };
  const headers = {
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    ...(method === "POST" ? marks : {}),
  };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const call = { url: `${url}${target}`, method, headers, body: sent };
  return url.startsWith("https:") ? askSecurely(call) : askPlainly(call);
}

interface Sent {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** By fetch, which knows the roots that Deno trusts; node:https asks for a permission to learn them. */
async function askSecurely({ url, ...sent }: Sent): Promise<AdminAnswer> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0, http2: false });
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await fetch(url, {
    ...sent,
    headers: { ...sent.headers },
    body: sent.body ?? null,
    redirect: "manual",
    signal,
    client,
  });
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > MOST_CHARACTERS) throw endless();
  }
  return answerOf(response.status, text, response.headers.get("location") ?? "");
}

/** By node:http, because fetch would go through the environment's proxy, to this machine itself. */
function askPlainly({ url, body, ...sent }: Sent): Promise<AdminAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<AdminAnswer>();
  const signal = AbortSignal.timeout(ANSWER_MS);
  const asked = request(url, { ...sent, agent: false, signal }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (piece: string) => {
      text += piece;
      if (text.length > MOST_CHARACTERS) asked.destroy(endless());
    });
    response.on("end", () => {
      resolve(answerOf(response.statusCode ?? 0, text, response.headers.location ?? ""));
    });
    response.on("error", reject);
  });
  asked.on("error", reject);
  asked.end(body);
  return promise;
}

function endless(): Error {
  return new Error("its answer has no end");
}

function answerOf(status: number, text: string, redirect: string): AdminAnswer {
  const [location = ""] = redirect.split(/[?#]/);
  return { status, text, body: objectIn(text), location };
}

function objectIn(text: string): AdminAnswer["body"] {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
