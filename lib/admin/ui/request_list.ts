/** The list of requests as the page has it: loaded by the page, kept up by events. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { RequestFilter } from "../../record/history_queries.ts";
import type { LiveRow } from "../live_row.ts";
import type { RequestListView } from "../request_list.ts";
import { matches, newestFirst } from "../request_match.ts";
import { get } from "./api.ts";
import { failed, type Store } from "./store.ts";

export interface RequestList {
  readonly rows: ReadonlySignal<readonly LiveRow[]>;
  /** New ones that are not shown yet, so that nothing moves under whoever reads. */
  readonly held: ReadonlySignal<readonly LiveRow[]>;
  readonly names: ReadonlySignal<RequestListView["names"]>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly isPaused: Signal<boolean>;
  /** Loads the first page. */
  load(): Promise<void>;
  /** Loads the page after the last row. */
  loadOlder(): Promise<void>;
  /** Takes in what has happened while no events came. */
  catchUp(): Promise<void>;
  /** Takes in rows that have changed. */
  merge(changed: readonly LiveRow[]): void;
  /** Shows what was held. */
  release(): void;
}

/** Rows in the page; more would make it slow. */
const MOST_ROWS = 1_000;

/** Whoever has scrolled this far reads, and the list must not move. */
const READING_PX = 240;

export function createRequestList(store: Store): RequestList {
  const rows = signal<readonly LiveRow[]>([]);
  const held = signal<readonly LiveRow[]>([]);
  const names = signal<RequestListView["names"]>({ aliases: [], backends: [], callers: [] });
  const hasMore = signal(false);
  const isLoading = signal(true);
  const isPaused = signal(false);

  async function fetchPage(before: LiveRow | undefined): Promise<void> {
    const filter = store.filter.value;
    isLoading.value = true;
    try {
      const view = await get<RequestListView>(`/api/requests?${queryOf(filter, before)}`);
      if (store.filter.value !== filter) return;
      rows.value = before === undefined ? view.rows : [...rows.value, ...view.rows];
      names.value = view.names;
      hasMore.value = view.hasMore;
      held.value = before === undefined ? [] : held.value;
    } catch (cause) {
      failed(store, cause);
    }
    isLoading.value = false;
  }

  async function catchUp(): Promise<void> {
    const filter = store.filter.value;
    try {
      const view = await get<RequestListView>(`/api/requests?${queryOf(filter, undefined)}`);
      if (store.filter.value !== filter) return;
      const known = new Set([...rows.value, ...held.value].map(({ id }) => id));
      // Where more has happened than a page holds, there is a gap before the rows that are shown.
      if (view.rows.some(({ id }) => known.has(id))) return merge(view.rows);
      await fetchPage(undefined);
    } catch (cause) {
      failed(store, cause);
    }
  }

  function merge(changed: readonly LiveRow[]): void {
    const passing = changed.filter((row) => matches(row, store.filter.value));
    const fresh = new Map(passing.map((row) => [row.id, row]));
    const update = (list: readonly LiveRow[]) => list.map((row) => newer(row, fresh.get(row.id)));
    rows.value = update(rows.value);
    held.value = update(held.value);
    const known = new Set([...rows.value, ...held.value].map(({ id }) => id));
    const added = passing.filter(({ id }) => !known.has(id));
    if (added.length === 0) return;
    held.value = [...added, ...held.value].sort(newestFirst).slice(0, MOST_ROWS);
    if (!isPaused.value && scrollY < READING_PX) release();
  }

  function release(): void {
    rows.value = [...held.value, ...rows.value].sort(newestFirst).slice(0, MOST_ROWS);
    held.value = [];
  }

  return {
    rows,
    held,
    names,
    hasMore,
    isLoading,
    isPaused,
    load: () => fetchPage(undefined),
    loadOlder: () => fetchPage(rows.value.at(-1)),
    catchUp,
    merge,
    release,
  };
}

/** The history's row says more than memory's; one that has ended stays ended. */
function newer(row: LiveRow, fresh: LiveRow | undefined): LiveRow {
  if (fresh === undefined || row.ending !== "open") return row;
  return fresh;
}

function queryOf(filter: RequestFilter, before: LiveRow | undefined): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
  if (before !== undefined) {
    query.set("before", String(before.receivedAtMs));
    query.set("before_id", before.id);
  }
  return query;
}
