/** Requests, a row each; a row opens its request. */
import { useEffect, useRef } from "preact/hooks";
import type { LiveRow } from "../live_row.ts";
import { ago, amount, instant, NOTHING, span } from "./format.ts";
import { StatusBadge } from "./status.tsx";
import { openPlace, useStore } from "./store.ts";

export function RequestTable(
  { rows, chosen }: { readonly rows: readonly LiveRow[]; readonly chosen: number },
) {
  const { say } = useStore();
  return (
    <table class="stacking requests">
      <thead>
        <tr>
          <th class="when">{say("time")}</th>
          <th class="state">{say("status")}</th>
          <th>{say("alias")}</th>
          <th>{say("backend")}, {say("model")}</th>
          <th class="number">{say("firstContentAt")}</th>
          <th class="number">{say("duration")}</th>
          <th class="number" title={say("tokensHelp")}>{say("tokens")}</th>
          <th>{say("path")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => <Row key={row.id} row={row} isChosen={index === chosen} />)}
      </tbody>
    </table>
  );
}

function Row({ row, isChosen }: { readonly row: LiveRow; readonly isChosen: boolean }) {
  const { say, proxyMs } = useStore();
  const element = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (isChosen) element.current?.scrollIntoView({ block: "nearest" });
  }, [isChosen]);
  const isOpen = row.ending === "open";
  const agedMs = Math.max(0, proxyMs.value - row.receivedAtMs);
  return (
    <tr
      ref={element}
      class={`opens${isChosen ? " chosen" : ""}`}
      onClick={() => openPlace("requests", row.id)}
    >
      <td class="when" title={instant(row.receivedAtMs)}>
        <a href={`#/requests/${row.id}`}>{ago(agedMs, say)}</a>
      </td>
      <td class="state">
        <StatusBadge row={row} />
      </td>
      <td class="title name" title={row.caller}>{row.alias || NOTHING}</td>
      <td class="route">
        <Answerer row={row} />
      </td>
      <td class="number" data-label={say("firstContentAt")}>{span(row.contentMs)}</td>
      <td class="number" data-label={say("duration")}>{isOpen ? "…" : span(row.endMs)}</td>
      <td
        class="number"
        data-label={say("tokens")}
        title={`${say("cachedTokens")}: ${amount(row.cachedTokens)}`}
      >
        {row.inputTokens === null && row.outputTokens === null
          ? NOTHING
          : `${amount(row.inputTokens)} / ${amount(row.outputTokens)}`}
      </td>
      <td class="path name muted" title={row.detail || row.path}>{row.method} {row.path}</td>
    </tr>
  );
}

/** Who answered, and whether somebody else was asked before. */
function Answerer({ row }: { readonly row: LiveRow }) {
  const { say } = useStore();
  const { backend, model, fallbacks } = row;
  return (
    <>
      <span class="name">{backend || NOTHING}</span> <span class="muted name">{model}</span>
      {fallbacks > 0 && (
        <span class="tag warn">
          {fallbacks === 1 ? say("fallback1") : say("fallbacks", { n: fallbacks })}
        </span>
      )}
    </>
  );
}
