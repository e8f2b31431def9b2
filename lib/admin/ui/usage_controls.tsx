/** Chooses what usage is broken down by, and how far back. */
import type { Signal } from "@preact/signals";
import { addressOf } from "./api.ts";
import { useStore } from "./store.ts";
import { SPANS, type UsageChoice, usagePath } from "./usage_choice.ts";

const BY = ["alias", "backend", "caller"] as const;

export function UsageControls({ choice }: { readonly choice: Signal<UsageChoice> }) {
  const { say } = useStore();
  const { by, span } = choice.value;
  return (
    <div class="filters">
      <span class="tabs" role="group" aria-label={say("by")}>
        {BY.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === by}
            onClick={() => choice.value = { by: each, span }}
          >
            {say(each)}
          </button>
        ))}
      </span>
      <span class="tabs" role="group" aria-label={say("span")}>
        {SPANS.map((each) => (
          <button
            key={each.word}
            type="button"
            aria-pressed={each.word === span.word}
            onClick={() => choice.value = { by, span: each }}
          >
            {say(each.word)}
          </button>
        ))}
      </span>
      <a
        class="button flow"
        href={addressOf(usagePath("/api/usage.csv", choice.value))}
        download="usage.csv"
        title={say("csvHelp")}
      >
        {say("csv")}
      </a>
    </div>
  );
}
