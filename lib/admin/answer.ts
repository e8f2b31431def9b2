/** Answers one request to the admin port: guard, token, route, and the headers of every answer. */
import type { ListenAddress } from "../config/snapshot.ts";
import type { CallerResponse } from "../wire/caller_response.ts";
import type { Incoming } from "../wire/incoming.ts";
import { type AdminProblem, problem, secured } from "./answers.ts";
import type { AdminContext } from "./context.ts";
import { enter, TOKEN_NEEDED } from "./entrance.ts";
import { placeOf } from "./place.ts";
import { type AdminRoute, ROUTES } from "./routes.ts";

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
  const { publicUrl } = context.current().admin;
  const place = placeOf(incoming.target, { publicUrl, isRoute });
  const { path, query } = place;
  const peer = incoming.caller.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  const entrance = await enter({ method, path, headers }, { context, address, peer });
  const found = routeFor(method, path);
  const isElsewhere = "status" in found && found.status === 404;
  const elsewhere = isElsewhere
    ? { ...found, message: wrongPort(method, path, context) }
    : undefined;
  if (entrance.kind === "turned_away") {
    // A call of a model, sent to the wrong port, has none of the marks that the right ones here have.
    const isMerelyUnmarked = entrance.problem.code === "unmarked_call";
    return problem(isMerelyUnmarked && elsewhere || entrance.problem);
  }
  if (place.lacksSlash && publicUrl !== undefined) return moved(publicUrl.path, query);
  if (elsewhere !== undefined) return problem(elsewhere);
  if ("status" in found) return problem(found);
  const { route, id } = found;
  if (route.isOpen !== true && !await entrance.isKnown()) return problem(TOKEN_NEEDED);
  const body = method === "POST" ? await jsonBody(incoming) : undefined;
  if (body instanceof SyntaxError) {
    return problem({ status: 400, code: "invalid_body", message: body.message });
  }
  if (route.isOpen !== true && method === "GET") await context.otherLoops.look();
  const answered = await route.handle({ id, path, query, headers, peer, body }, context);
  return route.isOpen === true ? answered : await context.shown.answer(answered);
}

/** The page, where its own addresses mean what they say. */
function moved(path: string, query: URLSearchParams): CallerResponse {
  const location = query.size === 0 ? path : `${path}?${query}`;
  return { status: 307, headers: [["location", location]], body: new Uint8Array() };
}

function isRoute(path: string): boolean {
  return ROUTES.some((route) => idIn(path, route.path) !== undefined);
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

function wrongPort(
  method: string,
  path: string,
  { proxyUrl }: Pick<AdminContext, "proxyUrl">,
): string {
  return `There is no ${method} ${
    path.slice(0, 100)
  } here: this is the admin port, of the dashboard ` +
    `and /metrics. Calls of models go to ${proxyUrl} (listen in the configuration).`;
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
