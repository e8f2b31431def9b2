/** The list of requests: live, filtered, and a way into each of them. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Empty } from "./empty.tsx";
import { createRequestList, type RequestList } from "./request_list.ts";
import { RequestFilters } from "./request_filters.tsx";
import { RequestTable } from "./request_table.tsx";
import { openPlace, useStore } from "./store.ts";

export function RequestsPage() {
  const store = useStore();
  const { say, filter, changed, resumed, now } = store;
  const list = useMemo(() => createRequestList(store), []);
  const chosen = useSignal(-1);
  useEffect(() => void list.load(), [filter.value]);
  useEffect(() => changed.subscribe((rows) => list.merge(rows)), []);
  useEffect(() => void (resumed.value > 0 && list.catchUp()), [resumed.value]);
  useEffect(() => {
    store.pageKeys.value = keysOf(list, chosen);
    return () => void (store.pageKeys.value = {});
  }, []);
  return (
    <div class="page">
      <h1 class="hidden">{say("requests")}</h1>
      <RequestFilters list={list} />
      {now.value?.hasHistory === false && <p class="hint">{say("onlyRecent")}</p>}
      <section class="card">
        {list.rows.value.length === 0
          ? <NothingHere list={list} />
          : <RequestTable rows={list.rows.value} chosen={chosen.value} />}
      </section>
      <Older list={list} />
    </div>
  );
}

function keysOf(list: RequestList, chosen: { value: number }): Record<string, () => void> {
  const move = (step: number) => {
    const last = list.rows.value.length - 1;
    chosen.value = Math.max(0, Math.min(last, chosen.value + step));
  };
  const open = () => {
    const row = list.rows.value[chosen.value];
    if (row !== undefined) openPlace("requests", row.id);
  };
  return {
    "j": () => move(1),
    "k": () => move(-1),
    "Enter": open,
    "p": () => list.isPaused.value = !list.isPaused.value,
    "/": () => document.getElementById("search")?.focus(),
  };
}

function NothingHere({ list }: { readonly list: RequestList }) {
  const { say, filter } = useStore();
  if (list.isLoading.value) return <p class="loading">{say("loading")}</p>;
  if (Object.keys(filter.value).length === 0) {
    return <Empty title={say("noTraffic")} help={say("noTrafficHelp")} />;
  }
  return (
    <Empty title={say("noMatch")} help={say("noMatchHelp")}>
      <button type="button" onClick={() => filter.value = {}}>{say("clearFilters")}</button>
    </Empty>
  );
}

function Older({ list }: { readonly list: RequestList }) {
  const { say } = useStore();
  if (list.rows.value.length === 0) return null;
  return (
    <p class="older">
      {list.hasMore.value
        ? (
          <button type="button" disabled={list.isLoading.value} onClick={() => list.loadOlder()}>
            {say(list.isLoading.value ? "loading" : "older")}
          </button>
        )
        : <span class="muted">{say("noOlder")}</span>}
    </p>
  );
}
