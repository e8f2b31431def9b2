/** The token for a cookie, so that a browser has to be told it once. */
import type { PublicUrl } from "../config/public_url.ts";
import type { CallerResponse } from "../wire/caller_response.ts";
import { jsonAnswer } from "../wire/own_answer.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { problem } from "./answers.ts";
import type { AdminContext } from "./context.ts";
import { valuesOf } from "./guard.ts";
import type { AdminRequest } from "./routes.ts";
import type { CookieTerms } from "./token_gate.ts";

/** `{ "token": … }`. A wrong one is answered late. */
export async function login(
  { body, peer, headers }: AdminRequest,
  { current, gate }: AdminContext,
): Promise<CallerResponse> {
  const { token, publicUrl } = current().admin;
  if (token === "") return jsonAnswer({ ok: true });
  if (!await gate.isToken(guessOf(body), { token, peer })) {
    const message = "That is not the token of admin.token.";
    return problem({ status: 401, code: "wrong_token", message });
  }
  const answer = jsonAnswer({ ok: true });
  return {
    ...answer,
    headers: [...answer.headers, ["set-cookie", gate.open(token, termsFor(headers, publicUrl))]],
  };
}

/** A browser says of which page it logs in: one on a host that it shares keeps its cookie to itself. */
function termsFor(headers: RawHeaders, publicUrl: PublicUrl | undefined): CookieTerms {
  const origin = valuesOf(headers, "origin").join().toLowerCase();
  const isSecure = origin.startsWith("https://");
  return { path: origin === publicUrl?.origin ? publicUrl.path : "/", isSecure };
}

function guessOf(body: unknown): string {
  const isObject = typeof body === "object" && body !== null;
  return isObject && "token" in body && typeof body.token === "string" ? body.token : "";
}
