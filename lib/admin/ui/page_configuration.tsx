/** What is in force, and what became of the last save. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ConfigView } from "../config_view.ts";
import { get } from "./api.ts";
import { JsonTree } from "./json_tree.tsx";
import { ReloadReport } from "./reload_report.tsx";
import { settingsWords } from "./format.ts";
import { copy } from "./request_buttons.tsx";
import { failed, useStore } from "./store.ts";

export function ConfigurationPage() {
  const store = useStore();
  const { say, now } = store;
  const view = useSignal<ConfigView | undefined>(undefined);
  const reloadedAtMs = now.value?.reload.atMs;
  useEffect(() => {
    get<ConfigView>("/api/config")
      .then((answer) => view.value = answer, (cause) => failed(store, cause));
  }, [reloadedAtMs]);
  if (view.value === undefined) return <p class="loading">{say("loading")}</p>;
  const { inForce, revision } = view.value;
  return (
    <div class="page">
      <h1 class="hidden">{say("configuration")}</h1>
      <ReloadReport view={view.value} />
      <section class="card">
        <header>
          <div>
            <h2>
              {say("inForce")} <span class="tag">{settingsWords({ revision }, say)}</span>
            </h2>
            <p class="muted">{say("inForceHelp")}</p>
          </div>
          <button type="button" onClick={() => copy(store, JSON.stringify(inForce, null, 2))}>
            {say("copyJson")}
          </button>
        </header>
        <JsonTree key={revision} value={inForce} />
      </section>
    </div>
  );
}
