/** Conditions and statuses: by colour and by word. */
import type { LiveRow } from "../live_row.ts";
import { hasFailed } from "../request_match.ts";
import type { Condition } from "../now_view.ts";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

const TONES: Readonly<Record<Condition, string>> = {
  ready: "ok",
  cooling: "bad",
  half_open: "warn",
  out_of_use: "off",
  disabled: "off",
  full: "warn",
};

export function ConditionBadge({ condition }: { readonly condition: Condition }) {
  const { say } = useStore();
  return (
    <span class={`condition ${TONES[condition]}`} title={say(`${condition}Help`)}>
      <i class="dot" aria-hidden="true" />
      {say(condition)}
    </span>
  );
}

/** `ok`, `bad`, `warn` or `off` for a request. */
export function toneOf(row: LiveRow): string {
  if (row.ending === "open") return "live";
  if (row.ending === "caller_left") return "off";
  return hasFailed(row) ? "bad" : "ok";
}

const ENDINGS: Readonly<Record<string, Word>> = {
  open: "open",
  complete: "complete",
  cut: "cut",
  caller_left: "caller_left",
};

export function endingWord(ending: string): Word {
  return ENDINGS[ending] ?? "unknown";
}

export function StatusBadge({ row }: { readonly row: LiveRow }) {
  const { say } = useStore();
  const isPlain = row.ending === "complete" && row.status !== undefined;
  const word = isPlain ? "" : say(endingWord(row.ending));
  return (
    <span class={`badge ${toneOf(row)}`} title={say(endingWord(row.ending))}>
      {row.status ?? ""} {word}
    </span>
  );
}
