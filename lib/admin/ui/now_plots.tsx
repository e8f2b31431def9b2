/** The last quarter of an hour: how many, and how soon. */
import type { NowView } from "../now_view.ts";
import { rate, span } from "./format.ts";
import { Plot } from "./plot.tsx";
import { useStore } from "./store.ts";

const HEIGHT_PX = 150;

export function NowPlots({ view }: { readonly view: NowView }) {
  const { say } = useStore();
  const { series, nowMs } = view;
  const { stepMs, ok, failed, p50Ms, p95Ms } = series;
  const times = ok.map((_, index) => (nowMs - (ok.length - 1 - index) * stepMs) / 1000);
  const perMinute = (counts: readonly number[]) => counts.map((count) => count * 60_000 / stepMs);
  const known = (values: readonly (number | undefined | null)[]) => values.map((it) => it ?? null);
  return (
    <>
      <section class="card">
        <Plot
          title={say("perMinute")}
          times={times}
          values={[perMinute(ok), perMinute(failed)]}
          lines={[
            { label: say("ok"), colour: "--accent", isFilled: true, format: rate },
            { label: say("failed"), colour: "--bad", isFilled: true, format: rate },
          ]}
          heightPx={HEIGHT_PX}
        />
      </section>
      <section class="card">
        <Plot
          title={say("firstContent")}
          times={times}
          values={[known(p50Ms), known(p95Ms)]}
          lines={[
            { label: say("p50"), colour: "--accent", format: span },
            { label: say("p95"), colour: "--warn", format: span },
          ]}
          heightPx={HEIGHT_PX}
        />
      </section>
    </>
  );
}
