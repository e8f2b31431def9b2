/** One call to an admin port and its answer. */
import { request as requestPlainly } from "node:http";
import { request as requestSecurely } from "node:https";

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

/**
 * By node:http, because fetch would go through the environment's proxy.
 *
 * @throws {Error} where nobody answers, or not in time, or without end
 */
export function ask(
  { url, token }: { readonly url: string; readonly token: string },
  { method, target, body }: Omit<AdminCall, "member">,
): Promise<AdminAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<AdminAnswer>();
  const headers = {
    ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    ...(method === "POST" ? { "x-llm-proxy": "1", "content-type": "application/json" } : {}),
  };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const request = url.startsWith("https:") ? requestSecurely : requestPlainly;
  const sent = request(`${url}${target}`, { method, headers, agent: false, signal }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (piece: string) => {
      text += piece;
      if (text.length > MOST_CHARACTERS) sent.destroy(new Error("its answer has no end"));
    });
    response.on("end", () => {
      const [location = ""] = (response.headers.location ?? "").split(/[?#]/);
      resolve({ status: response.statusCode ?? 0, text, body: objectIn(text), location });
    });
    response.on("error", reject);
  });
  sent.on("error", reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
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
