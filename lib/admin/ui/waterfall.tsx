/** When each attempt ran, and when the answer did, on one scale. */
import type { AttemptRow } from "../../record/history_rows.ts";
import type { LiveRow } from "../live_row.ts";
import { span } from "./format.ts";
import { useStore } from "./store.ts";

interface Bar {
  readonly label: string;
  readonly tone: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export function Waterfall(
  { request, attempts }: {
    readonly request: LiveRow;
    readonly attempts: readonly AttemptRow[];
  },
) {
  const { say } = useStore();
  const bars = attempts.map((each): Bar => ({
    label: each.backend,
    tone: each.action === "relay" ? "ok" : each.action === "fallback" ? "bad" : "off",
    fromMs: each.startedMs,
    toMs: each.judgedMs,
  }));
  const { headMs, endMs } = request;
  if (typeof headMs === "number" && typeof endMs === "number") {
    bars.push({ label: say("relaying"), tone: "live", fromMs: headMs, toMs: endMs });
  }
  if (bars.length === 0) return <p class="muted">{say("noAttempts")}</p>;
  const wholeMs = Math.max(1, endMs ?? 0, ...bars.map(({ toMs }) => toMs));
  return (
    <ol class="waterfall">
      {bars.map((bar, index) => <BarLine key={index} bar={bar} wholeMs={wholeMs} />)}
    </ol>
  );
}

const LEAST_PERCENT = 0.4;

function BarLine({ bar, wholeMs }: { readonly bar: Bar; readonly wholeMs: number }) {
  const { label, tone, fromMs, toMs } = bar;
  const x = Math.min(100 - LEAST_PERCENT, fromMs / wholeMs * 100);
  const width = Math.max(LEAST_PERCENT, (toMs - fromMs) / wholeMs * 100);
  const words = `${label}: ${span(fromMs)} – ${span(toMs)}`;
  return (
    <li title={words}>
      <span class="name">{label}</span>
      <svg width="100%" height="14" role="img" aria-label={words}>
        <rect class="track" x="0" y="6" width="100%" height="2" />
        <rect class={tone} x={`${x}%`} y="1" width={`${width}%`} height="12" rx="2" />
      </svg>
      <span class="number">{span(toMs - fromMs)}</span>
    </li>
  );
}
