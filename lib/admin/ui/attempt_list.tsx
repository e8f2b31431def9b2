/** Each attempt: where, what came, and what was decided for which reason. */
import type { AttemptRow } from "../../record/history_rows.ts";
import { longSpan, span } from "./format.ts";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

const KINDS: Readonly<Record<string, Word>> = { probe: "probe", last_resort: "last_resort" };
const SCOPES: Readonly<Record<string, Word>> = {
  backend: "scope_backend",
  route: "scope_route",
  key: "scope_key",
  caller: "scope_caller",
};

export function AttemptList(
  { attempts, isOpen }: { readonly attempts: readonly AttemptRow[]; readonly isOpen: boolean },
) {
  return (
    <ol class="attempts">
      {attempts.map((attempt, at) => {
        const action = actionWord(attempt, { next: attempts[at + 1], isOpen });
        return <Attempt key={attempt.index} attempt={attempt} action={action} />;
      })}
    </ol>
  );
}

/** What followed: of a failed attempt, the next one tells. */
function actionWord(
  { action, backend, model }: AttemptRow,
  { next, isOpen }: { readonly next: AttemptRow | undefined; readonly isOpen: boolean },
): Word {
  if (action === "abandon") return "abandon";
  if (action === "relay") return "relay";
  if (next === undefined) return isOpen ? "failed" : "noOtherRoute";
  return next.backend === backend && next.model === model ? "nextKey" : "fallback";
}

function Attempt(
  { attempt, action: word }: { readonly attempt: AttemptRow; readonly action: Word },
) {
  const { say } = useStore();
  const { index, backend, model, kind, status, fault, rule, reason, action, key } = attempt;
  const { startedMs, judgedMs, cooled, cooledMs, cooledWhy } = attempt;
  const tone = action === "relay" ? "ok" : action === "fallback" ? "bad" : "off";
  const kindWord = KINDS[kind];
  const what = say(SCOPES[cooled ?? ""] ?? "unknown");
  return (
    <li>
      <div class="what">
        <span class="muted">{say("attemptN", { n: index + 1 })}</span>
        <strong class="name">{backend}</strong> <span class="name">{model}</span>
        {key !== "" && <span class="tag">{key}</span>}
        {kindWord !== undefined && <span class="tag">{say(kindWord)}</span>}
        <span class={`badge ${tone}`}>{status ?? fault}</span>
        <span class="muted">{span(judgedMs - startedMs)}</span>
      </div>
      <div>
        <span class={tone}>{say(word)}</span>
        <span class="name" title={say("ruleHelp")}>: {rule}: {reason}</span>{" "}
        {cooled !== null && cooledMs !== null && (
          <span class="tag warn">
            {say("cooled", { what, time: cooledWhy ?? longSpan(cooledMs) })}
          </span>
        )}
      </div>
    </li>
  );
}
