/** Answers one request to the admin port: guard, token, route, and the headers of every answer. */
import type { ListenAddress } from "../config/snapshot.ts";
import type { CallerResponse } from "../wire/caller_response.ts";
import type { Incoming } from "../wire/incoming.ts";
import { type AdminProblem, problem, secured } from "./answers.ts";
import type { AdminContext } from "./context.ts";
import { refusedByGuard } from "./guard.ts";
import { type AdminRoute, ROUTES } from "./routes.ts";
import { bearerOf } from "./token_gate.ts";

export interface AnswerOptions {
  readonly context: AdminContext;
  readonly address: ListenAddress;
}

/** Bodies of calls are a few names. */
const MOST_BODY_BYTES = 64 * 1024;

/** Never rejects. */
export async function answer(incoming: Incoming, options: AnswerOptions): Promise<CallerResponse> {
  try {
    return secured(await unsecured(incoming, options));
  } catch (cause) {
    options.context.state.log.error(`Admin port: a call failed: ${cause}`);
    const message = "The admin port has failed to answer. The log says why.";
    return secured(problem({ status: 500, code: "internal", message }));
  }
}

async function unsecured(
  incoming: Incoming,
  { context, address }: AnswerOptions,
): Promise<CallerResponse> {
  const { method, headers } = incoming;
  const { path, query } = targetOf(incoming.target);
  const { token } = context.current().admin;
  const refusal = refusedByGuard({ method, path, headers }, { address, hasToken: token !== "" });
  if (refusal !== undefined) return problem(refusal);
  const found = routeFor(method, path);
  if ("status" in found) return problem(found);
  const { route, id } = found;
  const peer = incoming.caller.replace(/:\d+$/, "");
  if (route.isOpen !== true && !await isKnown(incoming, { context, token, peer })) {
    const message = "The token of admin.token is needed: on the login page, or as " +
      "Authorization: Bearer.";
    return problem({ status: 401, code: "token_needed", message });
  }
  const body = method === "POST" ? await jsonBody(incoming) : undefined;
  if (body instanceof SyntaxError) {
    return problem({ status: 400, code: "invalid_body", message: body.message });
  }
  if (route.isOpen !== true && method === "GET") await context.otherLoops.look();
  const answered = await route.handle({ id, path, query, headers, peer, body }, context);
  return route.isOpen === true ? answered : await context.shown.answer(answered);
}

function targetOf(target: string): { path: string; query: URLSearchParams } {
  const [path = "", ...rest] = target.replace(/#.*$/s, "").split("?");
  return { path, query: new URLSearchParams(rest.join("?")) };
}

interface Found {
  readonly route: AdminRoute;
  readonly id: string;
}

/** HEAD is answered like GET; the listener leaves the body out. */
function routeFor(method: string, path: string): Found | AdminProblem {
  const wanted = method === "HEAD" ? "GET" : method;
  const known = ROUTES.flatMap((route) => {
    const id = idIn(path, route.path);
    return id === undefined ? [] : [{ route, id }];
  });
  const found = known.find(({ route }) => route.method === wanted);
  if (found !== undefined) return found;
  if (known.length > 0) {
    const message = `${path} does not take ${method}.`;
    return { status: 405, code: "method_not_allowed", message };
  }
  return { status: 404, code: "no_such_page", message: "There is nothing of that name here." };
}

/** What stands for `:id`, empty where there is none; undefined where the path is another. */
function idIn(path: string, pattern: string): string | undefined {
  const parts = path.split("/");
  const wanted = pattern.split("/");
  if (parts.length !== wanted.length) return undefined;
  const isSame = wanted.every((part, index) => part === ":id" || part === parts[index]);
  if (!isSame) return undefined;
  const at = wanted.indexOf(":id");
  return at < 0 ? "" : decoded(parts[at] ?? "");
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

async function isKnown(
  { headers }: Incoming,
  { context, token, peer }: { context: AdminContext; token: string; peer: string },
): Promise<boolean> {
  if (token === "" || context.gate.hasSession(headers, token)) return true;
  const guess = bearerOf(headers);
  return guess !== "" && await context.gate.isToken(guess, { token, peer });
}

async function jsonBody(incoming: Incoming): Promise<unknown> {
  const read = await incoming.read(MOST_BODY_BYTES);
  if (!(read instanceof Uint8Array)) {
    return new SyntaxError("The body did not arrive, or is too large.");
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(read));
  } catch {
    return new SyntaxError("The body is not JSON.");
  }
}
