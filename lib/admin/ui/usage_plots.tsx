/** Tokens in and out over time, a line a name, and how much of the input was cached. */
import type { UsageRow } from "../../record/history_rows.ts";
import type { UsageView } from "../usage_view.ts";
import { amount, percent } from "./format.ts";
import { Plot } from "./plot.tsx";
import { useStore } from "./store.ts";
import { linesOf } from "./usage_sums.ts";

const HEIGHT_PX = 170;

export function UsagePlots({ view }: { readonly view: UsageView }) {
  const { say } = useStore();
  return (
    <div class="columns">
      <TokenPlot title={say("tokensIn")} view={view} of={({ inputTokens }) => inputTokens} />
      <TokenPlot title={say("tokensOut")} view={view} of={({ outputTokens }) => outputTokens} />
      <CachePlot view={view} />
    </div>
  );
}

function TokenPlot(
  { title, view, of }: {
    readonly title: string;
    readonly view: UsageView;
    readonly of: (row: UsageRow) => number;
  },
) {
  const { say } = useStore();
  const { times, names, values } = linesOf(view.rows, { query: view.query, of });
  const lines = names.map((name, index) => ({
    label: name === undefined ? say("others") : name || say("nobody"),
    colour: `--line-${index + 1}`,
    format: amount,
  }));
  return (
    <section class="card">
      <Plot title={title} times={times} values={values} lines={lines} heightPx={HEIGHT_PX} />
    </section>
  );
}

function CachePlot({ view }: { readonly view: UsageView }) {
  const { say } = useStore();
  const rows = view.rows.map((row) => ({ ...row, name: "" }));
  const { query } = view;
  const { times, values: [cached = []] } = linesOf(rows, {
    query,
    of: ({ cachedTokens }) => cachedTokens,
  });
  const { values: [input = []] } = linesOf(rows, { query, of: ({ inputTokens }) => inputTokens });
  const share = input.map((tokens, at) => tokens === 0 ? null : (cached[at] ?? 0) / tokens);
  const format = (value: number) => percent(Math.round(value * 1000) / 1000);
  return (
    <section class="card">
      <Plot
        title={say("cacheShare")}
        times={times}
        values={[share]}
        lines={[{ label: say("cacheShare"), colour: "--ok", isFilled: true, format }]}
        heightPx={HEIGHT_PX}
      />
    </section>
  );
}
