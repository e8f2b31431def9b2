/** One request: what came of it, attempt by attempt, and what passed. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RequestDetailView } from "../request_detail.ts";
import { CallError, get } from "./api.ts";
import { AttemptList } from "./attempt_list.tsx";
import { Empty } from "./empty.tsx";
import { LogView } from "./log_view.tsx";
import { RequestButtons } from "./request_buttons.tsx";
import { RequestFacts } from "./request_facts.tsx";
import { StatusBadge } from "./status.tsx";
import { failed, openPlace, useStore } from "./store.ts";
import { Waterfall } from "./waterfall.tsx";

export function RequestPage({ id }: { readonly id: string }) {
  const store = useStore();
  const { say, changed, resumed } = store;
  const view = useSignal<RequestDetailView | "missing" | undefined>(undefined);
  const load = async () => {
    try {
      view.value = await get<RequestDetailView>(`/api/requests/${encodeURIComponent(id)}`);
    } catch (cause) {
      if (cause instanceof CallError && cause.status === 404) view.value = "missing";
      else failed(store, cause);
    }
  };
  useEffect(() => void load(), [id]);
  useEffect(() =>
    changed.subscribe((rows) => {
      if (rows.some((row) => row.id === id && isStale(view.peek()))) load();
    }), [id]);
  useEffect(() => void (isStale(view.peek()) && load()), [resumed.value]);
  useEffect(() => {
    store.pageKeys.value = { "Escape": () => openPlace("requests") };
    return () => void (store.pageKeys.value = {});
  }, []);
  return (
    <div class="page">
      <a class="back" href="#/requests">← {say("back")}</a>
      {view.value === undefined
        ? <p class="loading">{say("loading")}</p>
        : view.value === "missing"
        ? <Empty title={say("noRequest")} help={say("noRequestHelp")} />
        : <Request view={view.value} />}
    </div>
  );
}

/** Whether there may be more by now: it was in flight, or its log was not written yet. */
function isStale(view: RequestDetailView | "missing" | undefined): boolean {
  return view !== undefined && view !== "missing" && view.request.ending === "open";
}

function Request({ view }: { readonly view: RequestDetailView }) {
  const { say } = useStore();
  const { request, attempts, log, noLog } = view;
  return (
    <>
      <section class="card">
        <header>
          <h1 class="what">
            <StatusBadge row={request} />
            <span class="name">{request.alias || request.path}</span>
            {request.backend !== "" && <span class="muted name">→ {request.backend}</span>}
          </h1>
          <RequestButtons view={view} />
        </header>
        {request.detail !== "" && <p class="detail name">{request.detail}</p>}
        <RequestFacts row={request} />
      </section>
      <section class="card">
        <h2>{say("timeline")}</h2>
        <Waterfall request={request} attempts={attempts} />
        <AttemptList attempts={attempts} isOpen={request.ending === "open"} />
      </section>
      {log === undefined
        ? (
          <section class="card">
            <Empty
              title={say("noLog")}
              help={say(`log_${noLog ?? "gone"}`, { file: request.logFile })}
            />
          </section>
        )
        : <LogView log={log} />}
    </>
  );
}
