/** The few numbers that tell whether all is well. */
import type { NowView } from "../now_view.ts";
import { percent, rate, span } from "./format.ts";
import { useStore } from "./store.ts";

export function FigureStrip({ view }: { readonly view: NowView }) {
  const { say } = useStore();
  const { figures } = view;
  const coolingCount = view.cooldowns.filter(({ remainingMs }) => remainingMs > 0).length;
  const recent = say("lastMinutes");
  return (
    <dl class="figures">
      <Figure label={say("perMinute")} value={rate(figures.perMinute)} note={recent} />
      <Figure
        label={say("success")}
        value={percent(figures.successRate)}
        note={recent}
        tone={(figures.successRate ?? 1) < 0.95 ? "bad" : ""}
      />
      <Figure label={say("firstP50")} value={span(figures.p50Ms)} note={recent} />
      <Figure label={say("firstP95")} value={span(figures.p95Ms)} note={recent} />
      <Figure label={say("inFlight")} value={String(view.inFlight)} note={say("rightNow")} />
      <Figure
        label={say("coolingCount")}
        value={String(coolingCount)}
        note={say("rightNow")}
        tone={coolingCount > 0 ? "warn" : ""}
      />
    </dl>
  );
}

function Figure(
  { label, value, note, tone = "" }: {
    readonly label: string;
    readonly value: string;
    readonly note: string;
    readonly tone?: string;
  },
) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd class={tone}>{value}</dd>
      <dd class="note">{note}</dd>
    </div>
  );
}
