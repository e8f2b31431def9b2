/** The same in figures, a row a name. */
import type { UsageView } from "../usage_view.ts";
import { amount, percent } from "./format.ts";
import { useStore } from "./store.ts";
import { sumsByName, total, type UsageSum } from "./usage_sums.ts";

export function UsageTable({ view }: { readonly view: UsageView }) {
  const { say } = useStore();
  const sums = sumsByName(view.rows);
  return (
    <section class="card">
      <table class="stacking">
        <thead>
          <tr>
            <th>{say(view.query.by)}</th>
            <th class="number">{say("requests")}</th>
            <th class="number">{say("failedCount")}</th>
            <th class="number">{say("tokensIn")}</th>
            <th class="number" title={say("cacheShareHelp")}>{say("cacheShare")}</th>
            <th class="number">{say("tokensOut")}</th>
            <th class="number">{say("reasoning")}</th>
          </tr>
        </thead>
        <tbody>
          {sums.map((sum) => <Row key={sum.name} name={sum.name || say("nobody")} sum={sum} />)}
          <Row name={say("total")} sum={total(sums)} isTotal />
        </tbody>
      </table>
    </section>
  );
}

function Row(
  { name, sum, isTotal = false }: {
    readonly name: string;
    readonly sum: UsageSum;
    readonly isTotal?: boolean;
  },
) {
  const { say } = useStore();
  const { requests, failed, inputTokens, cachedTokens, outputTokens, reasoningTokens } = sum;
  const share = inputTokens === 0 ? undefined : cachedTokens / inputTokens;
  return (
    <tr class={isTotal ? "total" : ""}>
      <td class="title name">{name}</td>
      <td class="number" data-label={say("requests")}>{amount(requests)}</td>
      <td class={`number ${failed > 0 ? "bad" : ""}`} data-label={say("failedCount")}>
        {amount(failed)}
      </td>
      <td class="number" data-label={say("tokensIn")}>{amount(inputTokens)}</td>
      <td class="number" data-label={say("cacheShare")}>{percent(share)}</td>
      <td class="number" data-label={say("tokensOut")}>{amount(outputTokens)}</td>
      <td class="number" data-label={say("reasoning")}>{amount(reasoningTokens)}</td>
    </tr>
  );
}
