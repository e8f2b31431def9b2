/** Everything the admin port answers: one row a method and path. Other parts add theirs here. */
import type { CallerResponse } from "../wire/caller_response.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { jsonAnswer } from "../wire/own_answer.ts";
import { clearCooldowns, switchRoute } from "./actions.ts";
import { problem, textAnswer } from "./answers.ts";
import { asset, ASSET_PATHS } from "./assets.ts";
import { configView } from "./config_view.ts";
import type { AdminContext } from "./context.ts";
import { LIVE_ROUTES, type LiveRoute } from "./live_routes.ts";
import { login } from "./login.ts";
import { metricsPage } from "./metrics_route.ts";
import { nowView } from "./now_view.ts";
import { curlLine, replayRequest } from "./replay_action.ts";
import { requestDetailView } from "./request_detail.ts";
import { requestListView } from "./request_list.ts";
import { usageCsv, usageView } from "./usage_view.ts";

export interface AdminRequest {
  /** What stands in the path for `:id`; empty where the route has none. */
  readonly id: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: RawHeaders;
  /** The address of the peer. */
  readonly peer: string;
  /** The parsed body of a POST; undefined for a GET. */
  readonly body: unknown;
}

type Answering = CallerResponse | Promise<CallerResponse>;

export interface AdminRoute {
  readonly method: "GET" | "POST";
  /** `:id` stands for one segment, percent-decoded. */
  readonly path: string;
  /** Whether it is answered without a token: nothing of anybody's is in it. */
  readonly isOpen?: true;
  readonly handle: (request: AdminRequest, context: AdminContext) => Answering;
}

const CLEARING = LIVE_ROUTES.find(({ path }) => path === "/api/cooldowns/clear") ??
  unknownRoute("/api/cooldowns/clear");

export const ROUTES: readonly AdminRoute[] = [
  ...ASSET_PATHS.map((path): AdminRoute => {
    const handle = (_: AdminRequest, { current, assets: kept }: AdminContext) => {
      return asset(path, { kept, publicPath: current().admin.publicUrl?.path });
    };
    return { method: "GET", path, isOpen: true, handle };
  }),
  { method: "GET", path: "/health", isOpen: true, handle: health },
  { method: "POST", path: "/api/login", isOpen: true, handle: login },
  { method: "GET", path: "/api/now", handle: (_, context) => jsonAnswer(now(context)) },
  { method: "GET", path: "/api/events", handle: events },
  {
    method: "GET",
    path: "/api/requests",
    handle: ({ query }, context) => jsonAnswer(requestListView(query, context)),
  },
  { method: "GET", path: "/api/requests/:id", handle: requestDetail },
  {
    method: "POST",
    path: "/api/requests/:id/replay",
    handle: ({ id }, context) => replayRequest(id, context),
  },
  {
    method: "GET",
    path: "/api/requests/:id/curl",
    handle: ({ id }, context) => curlLine(id, context),
  },
  {
    method: "GET",
    path: "/api/usage",
    handle: ({ query }, context) => jsonAnswer(usageView(query, context)),
  },
  { method: "GET", path: "/api/usage.csv", handle: usageFile },
  { method: "GET", path: "/api/config", handle: (_, context) => jsonAnswer(configView(context)) },
  ...LIVE_ROUTES.filter(({ path }) => path !== CLEARING.path).map(liveRoute),
  {
    ...CLEARING,
    // The page names a cooldown by its id, people by what the listing calls it.
    handle: (request, context) =>
      isOfCommand(request.body)
        ? liveRoute(CLEARING).handle(request, context)
        : clearCooldowns(request.body, context),
  },
  {
    method: "GET",
    path: "/metrics",
    handle: (_, { state, otherLoops }) => metricsPage(state, otherLoops),
  },
  {
    method: "POST",
    path: "/api/routes/off",
    handle: ({ body }, context) => switchRoute(body, { turn: "off", context }),
  },
  {
    method: "POST",
    path: "/api/routes/on",
    handle: ({ body }, context) => switchRoute(body, { turn: "on", context }),
  },
];

function unknownRoute(path: string): never {
  throw new Error(`There is no route ${path}`);
}

/** A call of a command's as a row of this table. */
function liveRoute({ method, path, handle }: LiveRoute): AdminRoute {
  return {
    method,
    path,
    async handle({ query, body }, context) {
      const answer = await handle(context, { query, json: () => Promise.resolve(body) });
      return jsonAnswer(answer.body, answer.status);
    },
  };
}

function isOfCommand(body: unknown): boolean {
  const isObject = typeof body === "object" && body !== null && !Array.isArray(body);
  return isObject && !("id" in body || "all" in body || "backend" in body);
}

/** Paths of the calls that there are, for pages that show what not every build can do. */
function now(context: AdminContext) {
  return { ...nowView(context), offers: ROUTES.map(({ path }) => path) };
}

function health(_: AdminRequest, { isDraining }: AdminContext): CallerResponse {
  return isDraining() ? textAnswer("draining", "text/plain", 503) : textAnswer("ok", "text/plain");
}

function events(_: AdminRequest, { feed }: AdminContext): CallerResponse {
  const message = "Too many pages are open. Close one.";
  return feed.subscribe() ?? problem({ status: 503, code: "too_many_pages", message });
}

async function requestDetail({ id }: AdminRequest, context: AdminContext): Promise<CallerResponse> {
  const view = await requestDetailView(id, context);
  if (view !== undefined) return jsonAnswer(view);
  const message = "There is no such request: it is older than the history, or never was.";
  return problem({ status: 404, code: "no_such_request", message });
}

function usageFile({ query }: AdminRequest, context: AdminContext): CallerResponse {
  const answer = textAnswer(usageCsv(usageView(query, context)), "text/csv");
  const disposition = 'attachment; filename="usage.csv"';
  return { ...answer, headers: [...answer.headers, ["content-disposition", disposition]] };
}
