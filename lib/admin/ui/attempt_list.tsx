/** Each attempt: where, what came, and what was decided for which reason. */
import type { AttemptRow } from "../../record/history_rows.ts";
import { longSpan, span } from "./format.ts";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

const ACTIONS: Readonly<Record<string, Word>> = {
  relay: "relay",
  fallback: "fallback",
  abandon: "abandon",
};
const KINDS: Readonly<Record<string, Word>> = { probe: "probe", last_resort: "last_resort" };
const SCOPES: Readonly<Record<string, Word>> = {
  backend: "scope_backend",
  route: "scope_route",
  key: "scope_key",
  caller: "scope_caller",
};

export function AttemptList({ attempts }: { readonly attempts: readonly AttemptRow[] }) {
  return (
    <ol class="attempts">
      {attempts.map((attempt) => <Attempt key={attempt.index} attempt={attempt} />)}
    </ol>
  );
}

function Attempt({ attempt }: { readonly attempt: AttemptRow }) {
  const { say } = useStore();
  const { index, backend, model, kind, status, fault, row, reason, action } = attempt;
  const { startedMs, judgedMs, cooled, cooledMs } = attempt;
  const tone = action === "relay" ? "ok" : action === "fallback" ? "bad" : "off";
  const kindWord = KINDS[kind];
  const what = say(SCOPES[cooled ?? ""] ?? "unknown");
  return (
    <li>
      <div class="what">
        <span class="muted">{say("attemptN", { n: index + 1 })}</span>
        <strong class="name">{backend}</strong> <span class="name">{model}</span>
        {kindWord !== undefined && <span class="tag">{say(kindWord)}</span>}
        <span class={`badge ${tone}`}>{status ?? fault}</span>
        <span class="muted">{span(judgedMs - startedMs)}</span>
      </div>
      <div>
        <span class={tone}>{say(ACTIONS[action] ?? "unknown")}</span>
        <span class="name">: {reason}</span>{" "}
        <span class="muted" title={say("rowHelp")}>({say("row", { row })})</span>
        {cooled !== null && cooledMs !== null && (
          <span class="tag warn">{say("cooled", { what, time: longSpan(cooledMs) })}</span>
        )}
      </div>
    </li>
  );
}
