/** A choice of views. */
import type { Signal } from "@preact/signals";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

export function Tabs(
  { views, chosen }: { readonly views: readonly Word[]; readonly chosen: Signal<Word> },
) {
  const { say } = useStore();
  return (
    <span class="tabs" role="group">
      {views.map((view) => (
        <button
          key={view}
          type="button"
          aria-pressed={chosen.value === view}
          onClick={() => chosen.value = view}
        >
          {say(view)}
        </button>
      ))}
    </span>
  );
}
