/** Each backend in a row. */
import type { BackendView, NowView } from "../now_view.ts";
import { percent, rate, span } from "./format.ts";
import { Spark } from "./spark.tsx";
import { ConditionBadge } from "./status.tsx";
import { useStore } from "./store.ts";

export function BackendsPanel({ view }: { readonly view: NowView }) {
  const { say } = useStore();
  return (
    <section class="card">
      <header>
        <h2>{say("backends")}</h2>
        <span class="muted">{say("lastMinutes")}</span>
      </header>
      <table class="stacking">
        <thead>
          <tr>
            <th>{say("backend")}</th>
            <th>{say("health")}</th>
            <th class="number">{say("inFlight")}</th>
            <th class="number">{say("perMinute")}</th>
            <th class="number">{say("success")}</th>
            <th class="number">{say("firstP50")}</th>
            <th class="number">{say("firstP95")}</th>
          </tr>
        </thead>
        <tbody>{view.backends.map((each) => <BackendRow key={each.name} backend={each} />)}</tbody>
      </table>
    </section>
  );
}

function BackendRow({ backend }: { readonly backend: BackendView }) {
  const { say } = useStore();
  const { name, condition, inFlight, maxConcurrent, figures, series } = backend;
  return (
    <tr>
      <td class="title">
        <strong class="name">{name}</strong>
      </td>
      <td class="aside">
        <ConditionBadge condition={condition} />
      </td>
      <td class="number" data-label={say("inFlight")}>
        {inFlight}
        {maxConcurrent !== undefined && <span class="muted of">/ {maxConcurrent}</span>}
      </td>
      <td class="number" data-label={say("perMinuteShort")}>
        <Spark series={series} title={say("perMinute")} /> {rate(figures.perMinute)}
      </td>
      <td class="number" data-label={say("success")}>{percent(figures.successRate)}</td>
      <td class="number" data-label={say("p50Label")}>{span(figures.p50Ms)}</td>
      <td class="number" data-label={say("p95Label")}>{span(figures.p95Ms)}</td>
    </tr>
  );
}
