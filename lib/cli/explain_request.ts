/** `llm-proxy explain -id ID`: what became of a request, and where the same would go now. */
import type { AttemptRow } from "../record/history_rows.ts";
import type { Explanation } from "../admin/explain.ts";
import type { LiveDetail, LiveRow } from "../admin/live_row.ts";
import { requestIdIn } from "../record/request_traces.ts";
import type { AdminCall, AdminReply } from "./admin_client.ts";
import { explanationLines } from "./explain.ts";
import { asking, type LiveOptions } from "./live_command.ts";
import { requestWords } from "./logged_request.ts";
import { createPaint } from "./paint.ts";
import type { Screen } from "./screen.ts";
import { safe } from "./table.ts";

/** Exit status 0, or 1 when there is no such request or no proxy to ask. */
export async function explainRequest(
  { id: text, ...options }: LiveOptions & { readonly id: string },
  screen: Screen,
): Promise<number> {
  const ask = asking(options);
  const found = await detailOf(text, ask);
  if (!found.ok) {
    screen.err(found.message);
    return 1;
  }
  const detail = found.body as LiveDetail;
  const now = await whereNow(detail.request, ask);
  const explanation = now.ok ? now.body as Explanation : undefined;
  if (options.json) {
    const { request, attempts } = detail;
    screen.out(JSON.stringify({ request, attempts, now: explanation }, null, 2));
    return 0;
  }
  requestLines(detail).forEach(screen.out);
  screen.out("");
  if (explanation !== undefined) {
    explanationLines(explanation, createPaint(screen)).forEach(screen.out);
  } else screen.out(`Now: ${now.ok ? "" : now.message}`);
  return 0;
}

async function whereNow(request: LiveRow, ask: Ask): Promise<AdminReply> {
  if (request.alias !== "") {
    return await ask({ method: "GET", target: queryOf(request), member: "routes" });
  }
  return { ok: false, message: "it was refused before it led to a model, and would be again." };
}

type Ask = (call: AdminCall) => Promise<AdminReply>;

/** Of the one request whose id begins so. */
async function detailOf(text: string, ask: Ask): Promise<AdminReply> {
  const id = requestIdIn(text);
  if (id === undefined) {
    const message = `${JSON.stringify(text)} is no id of a request: 8 hexadecimal digits, or the ` +
      "first 4 of them or more, as lines of the general log end with them.";
    return { ok: false, message: safe(message) };
  }
  const whole = id.length === 8 ? { ok: true, id } as const : await wholeId(id, ask);
  if (!whole.ok) return whole;
  const target = `/api/requests/${whole.id}`;
  return await ask({ method: "GET", target, member: "attempts" });
}

async function wholeId(
  id: string,
  ask: Ask,
): Promise<{ readonly ok: true; readonly id: string } | AdminReply & { readonly ok: false }> {
  const target = `/api/requests?limit=200&text=${id}`;
  const listed = await ask({ method: "GET", target, member: "rows" });
  if (!listed.ok) return listed;
  const { rows } = listed.body as { readonly rows: readonly LiveRow[] };
  const ids = [...new Set(rows.map((row) => row.id).filter((each) => each.startsWith(id)))];
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0) return { ok: true, id: only };
  const message = only === undefined
    ? `No request is known whose id begins with ${id}.`
    : `${ids.length} requests have an id that begins with ${id}: ${ids.slice(0, 10).join(", ")}.`;
  return { ok: false, message: safe(message) };
}

function queryOf({ alias, dialect, streamed, caller }: LiveRow): string {
  const given = Object.entries({ dialect, caller }).filter(([, value]) => value !== "");
  const query = new URLSearchParams([["model", alias], ...given]);
  if (streamed) query.set("streamed", "true");
  return `/api/explain?${query}`;
}

/** A line for the request, one for each attempt, and what went wrong. */
function requestLines({ request, attempts }: LiveDetail): string[] {
  const { ending, endMs, detail } = request;
  const ended = endMs === null
    ? "still under way"
    : `${ending.replace("_", " ")} after ${Math.round(endMs)} ms`;
  return [
    `${requestWords(request)}, ${ended}`,
    ...attempts.map(attemptLine),
    ...(detail === "" ? [] : [`  ${detail}`]),
  ].map(safe);
}

function attemptLine(attempt: AttemptRow, index: number): string {
  const { backend, model, status, fault, reason, action, cooled, cooledMs } = attempt;
  const what = status === null ? fault ?? "no answer" : `status ${status}`;
  const says = action === "relay" || reason === "" ? what : reason;
  const cool = cooled === null || cooledMs === null
    ? ""
    : `; the ${cooled} cools for ${Math.round(cooledMs / 1000)} s`;
  return `  ${index + 1}. ${backend} (${model}): ${
    says.startsWith(what) ? says : `${what}: ${says}`
  }${cool}`;
}
