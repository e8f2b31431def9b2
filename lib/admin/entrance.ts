/** Who comes in at the admin port: the guard's word, and the token, which outweighs some of it. */
import type { ListenAddress } from "../config/snapshot.ts";
import type { AdminProblem } from "./answers.ts";
import type { AdminContext } from "./context.ts";
import { type GuardedRequest, refusedByGuard } from "./guard.ts";
import { bearerOf } from "./token_gate.ts";

export const TOKEN_NEEDED: AdminProblem = {
  status: 401,
  code: "token_needed",
  message: "The token of admin.token is needed: on the login page, or as Authorization: Bearer.",
};

export type Entrance =
  | { readonly kind: "turned_away"; readonly problem: AdminProblem }
  | {
    readonly kind: "admitted";
    /** Whether there is no token, or the caller has shown it. A wrong one makes it wait. */
    readonly isKnown: () => Promise<boolean>;
  };

export interface EntranceOptions {
  readonly context: Pick<AdminContext, "current" | "gate">;
  /** Where the admin port listens. */
  readonly address: ListenAddress;
  /** The address of whoever asks. */
  readonly peer: string;
}

/**
 * Lets a request in, or says why not. What proxies write of where a request came from (`Forwarded`,
 * `X-Forwarded-*`) is not looked at: any caller can write it.
 */
export async function enter(
  request: GuardedRequest,
  { context, address, peer }: EntranceOptions,
): Promise<Entrance> {
  const { token, publicUrl } = context.current().admin;
  const options = { address, publicUrl, hasToken: token !== "" };
  const guess = token === "" ? "" : bearerOf(request.headers);
  const isToken = () => context.gate.isToken(guess, { token, peer });
  const refusal = refusedByGuard(request, options);
  if (refusal === undefined) {
    const isKnown = async () => {
      if (token === "" || context.gate.hasSession(request.headers, token)) return true;
      return guess !== "" && await isToken();
    };
    return { kind: "admitted", isKnown };
  }
  if (guess === "" || refusedByGuard(request, { ...options, isProven: true }) !== undefined) {
    return { kind: "turned_away", problem: refusal };
  }
  if (!await isToken()) return { kind: "turned_away", problem: TOKEN_NEEDED };
  return { kind: "admitted", isKnown: () => Promise.resolve(true) };
}
