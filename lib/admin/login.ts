/** The token for a cookie, so that a browser has to be told it once. */
import type { CallerResponse } from "../wire/caller_response.ts";
import { jsonAnswer } from "../wire/own_answer.ts";
import { problem } from "./answers.ts";
import type { AdminContext } from "./context.ts";
import type { AdminRequest } from "./routes.ts";

/** `{ "token": … }`. A wrong one is answered late. */
export async function login(
  { body, peer }: AdminRequest,
  { current, gate }: AdminContext,
): Promise<CallerResponse> {
  const { token } = current().admin;
  if (token === "") return jsonAnswer({ ok: true });
  if (!await gate.isToken(guessOf(body), { token, peer })) {
    const message = "That is not the token of admin.token.";
    return problem({ status: 401, code: "wrong_token", message });
  }
  const answer = jsonAnswer({ ok: true });
  return { ...answer, headers: [...answer.headers, ["set-cookie", gate.open(token)]] };
}

function guessOf(body: unknown): string {
  const isObject = typeof body === "object" && body !== null;
  return isObject && "token" in body && typeof body.token === "string" ? body.token : "";
}
