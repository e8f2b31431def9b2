/** A request's figures, in pairs. */
import type { LiveRow } from "../live_row.ts";
import { ago, amount, instant, NOTHING, settingsWords, span } from "./format.ts";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

export function RequestFacts({ row }: { readonly row: LiveRow }) {
  const { say, proxyMs } = useStore();
  const agedMs = Math.max(0, proxyMs.value - row.receivedAtMs);
  const facts: readonly (readonly [Word, string])[] = [
    ["received", `${instant(row.receivedAtMs)} · ${ago(agedMs, say)}`],
    ["path", `${row.method} ${row.path}`],
    ["model", row.model || NOTHING],
    ["caller", row.caller || NOTHING],
    ["dialect", [row.dialect, row.streamed ? say("streamed") : ""].filter(Boolean).join(", ")],
    ["firstByte", span(row.headMs)],
    ["firstContentAt", span(row.contentMs)],
    ["ended", span(row.endMs)],
    ["bytesInOut", `${amount(row.requestBytes)} / ${amount(row.responseBytes)}`],
    ["tokens", `${amount(row.inputTokens)} / ${amount(row.outputTokens)}`],
    ["cachedTokens", amount(row.cachedTokens)],
    ["reasoningTokens", amount(row.reasoningTokens)],
    ["tokensPerSecond", row.tokensPerSecond?.toFixed(1) ?? NOTHING],
    ["settings", settingsWords(row, say)],
  ];
  return (
    <dl class="facts">
      <div>
        <dt>id</dt>
        <dd class="name">{row.id}</dd>
      </div>
      {facts.map(([word, value]) => (
        <div key={word}>
          <dt>{say(word)}</dt>
          <dd class="name">{value || NOTHING}</dd>
        </div>
      ))}
    </dl>
  );
}
