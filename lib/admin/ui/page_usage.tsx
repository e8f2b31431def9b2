/** What was used: tokens by alias, backend or caller over time. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { UsageView } from "../usage_view.ts";
import { get } from "./api.ts";
import { Empty } from "./empty.tsx";
import { failed, useStore } from "./store.ts";
import { UsageControls } from "./usage_controls.tsx";
import { UsagePlots } from "./usage_plots.tsx";
import { SPANS, type UsageChoice, usagePath } from "./usage_choice.ts";
import { UsageTable } from "./usage_table.tsx";

/** How often it is asked again: a long span costs more, and shows less of a minute. */
const AGAIN_MS = 30_000;
const TIMES_A_BUCKET = 60;

export function UsagePage() {
  const store = useStore();
  const { say } = store;
  const choice = useSignal<UsageChoice>({ by: "alias", span: SPANS[1] });
  const view = useSignal<UsageView | undefined>(undefined);
  useEffect(() => {
    const load = () =>
      get<UsageView>(usagePath("/api/usage", choice.value))
        .then((answer) => view.value = answer, (cause) => failed(store, cause));
    load();
    const timer = setInterval(
      load,
      Math.max(AGAIN_MS, choice.value.span.bucketMs / TIMES_A_BUCKET),
    );
    return () => clearInterval(timer);
  }, [choice.value]);
  return (
    <div class="page">
      <h1 class="hidden">{say("usage")}</h1>
      <UsageControls choice={choice} />
      {view.value === undefined
        ? <p class="loading">{say("loading")}</p>
        : <Used view={view.value} />}
    </div>
  );
}

function Used({ view }: { readonly view: UsageView }) {
  const { say } = useStore();
  if (!view.hasHistory) return <Empty title={say("noHistory")} help={say("noHistoryHelp")} />;
  if (view.rows.length === 0) return <Empty title={say("noUsage")} help={say("noUsageHelp")} />;
  return (
    <>
      <UsagePlots view={view} />
      <UsageTable view={view} />
    </>
  );
}
