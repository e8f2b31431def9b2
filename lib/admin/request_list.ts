/** The list of requests: the latest from memory, the rest from the history. */
import type { RequestFilter } from "../record/history_queries.ts";
import type { AdminContext } from "./context.ts";
import type { LiveRow } from "./live_row.ts";
import { matches, newestFirst } from "./request_match.ts";

export interface RequestListView {
  readonly rows: readonly LiveRow[];
  /** Whether there may be older ones. */
  readonly hasMore: boolean;
  /** What can be filtered by. */
  readonly names: {
    readonly aliases: readonly string[];
    readonly backends: readonly string[];
    readonly callers: readonly string[];
  };
}

const DEFAULT_ROWS = 50;
const MOST_ROWS = 200;

/**
 * What the query asks for: `alias`, `backend`, `caller`, `status` (ok, failed or a number), `text`,
 * `from`, `to`; `before` and `before_id` for the next page; `limit` (50, at most 200).
 */
export function requestListView(query: URLSearchParams, context: AdminContext): RequestListView {
  const filter = filterOf(query);
  const limit = Math.min(MOST_ROWS, positive(query.get("limit")) ?? DEFAULT_ROWS);
  const beforeMs = positive(query.get("before"));
  const beforeId = query.get("before_id") ?? "";
  const page = { limit: limit + 1, ...(beforeMs === undefined ? {} : { beforeMs, beforeId }) };
  const isBefore = ({ receivedAtMs, id }: LiveRow) =>
    beforeMs === undefined || receivedAtMs < beforeMs ||
    (receivedAtMs === beforeMs && id < beforeId);
  const recent = context.live.rows().filter((row) => isBefore(row) && matches(row, filter));
  const kept = context.history.requests(filter, page);
  const rows = merged(recent, kept).slice(0, limit + 1);
  return {
    rows: rows.slice(0, limit),
    hasMore: rows.length > limit,
    names: namesOf(context),
  };
}

function filterOf(query: URLSearchParams): RequestFilter {
  const status = statusOf(query.get("status") ?? "");
  const fromMs = positive(query.get("from"));
  const toMs = positive(query.get("to"));
  return {
    ...textOf("alias", query),
    ...textOf("backend", query),
    ...textOf("caller", query),
    ...textOf("text", query),
    ...(status === undefined ? {} : { status }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
  };
}

function textOf(name: "alias" | "backend" | "caller" | "text", query: URLSearchParams) {
  const value = query.get(name) ?? "";
  return value === "" ? {} : { [name]: value };
}

function statusOf(written: string): RequestFilter["status"] {
  return written === "ok" || written === "failed" ? written : positive(written);
}

export function positive(written: string | null): number | undefined {
  return written !== null && /^\d{1,15}$/.test(written) ? Number(written) : undefined;
}

/** What the history has of a request says more: tokens, the caller's name. */
function merged(recent: readonly LiveRow[], kept: readonly LiveRow[]): LiveRow[] {
  const known = new Set(kept.map(({ id }) => id));
  return [...kept, ...recent.filter(({ id }) => !known.has(id))].sort(newestFirst);
}

function namesOf({ current, live, history }: AdminContext): RequestListView["names"] {
  const { aliases, backends, callers = [] } = current();
  const kept = history.names();
  const rows = live.rows();
  const distinct = (...lists: readonly (Iterable<string> | undefined)[]) => {
    const names = new Set(lists.flatMap((list) => [...list ?? []]));
    names.delete("");
    return [...names].sort();
  };
  return {
    aliases: distinct(aliases.keys(), kept.aliases, rows.map(({ alias }) => alias)),
    backends: distinct(backends.keys(), kept.backends),
    callers: distinct(callers.map(({ name }) => name), kept.callers),
  };
}
