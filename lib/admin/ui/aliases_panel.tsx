/** Each alias with its routes, in the order in which they are tried. */
import type { AliasView, NowView, RouteView } from "../now_view.ts";
import { clock, percent, rate, span } from "./format.ts";
import { RouteButton } from "./route_button.tsx";
import { ConditionBadge } from "./status.tsx";
import { useStore } from "./store.ts";

export function AliasesPanel({ view }: { readonly view: NowView }) {
  const { say } = useStore();
  return (
    <section class="card">
      <header>
        <h2>{say("routes")}</h2>
        <span class="muted">{say("lastMinutes")}</span>
      </header>
      <table class="stacking routes">
        <thead>
          <tr>
            <th>{say("backend")}, {say("model")}</th>
            <th>{say("health")}</th>
            <th class="number">{say("priority")}</th>
            <th class="number">{say("perMinute")}</th>
            <th class="number">{say("success")}</th>
            <th class="number">{say("firstP50")}</th>
            <th class="number">{say("firstP95")}</th>
            <th />
          </tr>
        </thead>
        {view.aliases.map((alias) => <AliasRows key={alias.name} alias={alias} />)}
      </table>
    </section>
  );
}

function AliasRows({ alias }: { readonly alias: AliasView }) {
  const { say } = useStore();
  const { name, balance, fallbackTo, routes, isEnabled } = alias;
  return (
    <tbody>
      <tr class="group">
        <th colSpan={8} scope="rowgroup">
          <span class="what">
            <strong class="name">{name}</strong>
            <span class="tag" title={say("balance")}>{balance}</span>
            {!isEnabled && <ConditionBadge condition="disabled" />}
            {fallbackTo.length > 0 &&
              <span class="muted name">{say("thenAlias", { names: fallbackTo.join(", ") })}</span>}
          </span>
        </th>
      </tr>
      {routes.map((route, index) => <RouteRow key={index} route={route} />)}
    </tbody>
  );
}

function RouteRow({ route }: { readonly route: RouteView }) {
  const { say } = useStore();
  const { backend, model, priority, weight, condition, remainingMs, reason, figures } = route;
  return (
    <tr>
      <td class="title">
        <span class="name">{backend}</span> <span class="muted name">{model}</span>
      </td>
      <td class="aside">
        <ConditionBadge condition={condition} />
        {remainingMs > 0 && <span class="remaining" title={reason}>{clock(remainingMs)}</span>}
      </td>
      <td class="number" data-label={say("priority")} title={say("weight", { weight })}>
        {priority}
      </td>
      <td class="number" data-label={say("perMinuteShort")}>{rate(figures.perMinute)}</td>
      <td class="number" data-label={say("success")}>{percent(figures.successRate)}</td>
      <td class="number" data-label={say("p50Label")}>{span(figures.p50Ms)}</td>
      <td class="number" data-label={say("p95Label")}>{span(figures.p95Ms)}</td>
      <td class="actions">
        <RouteButton route={route} />
      </td>
    </tr>
  );
}
