/** A text as it is; of a long one the start, until somebody wants all of it. */
import { useSignal } from "@preact/signals";
import { amount } from "./format.ts";
import { useStore } from "./store.ts";

const SHOWN_CHARACTERS = 20_000;

export function LongText({ text }: { readonly text: string }) {
  const { say } = useStore();
  const isWhole = useSignal(text.length <= SHOWN_CHARACTERS);
  const shown = isWhole.value ? text : text.slice(0, SHOWN_CHARACTERS);
  return (
    <>
      <pre class="text">{shown}</pre>
      {!isWhole.value && (
        <p class="more">
          <span class="muted">{say("more", { n: amount(text.length - shown.length) })}</span>
          <button type="button" class="small" onClick={() => isWhole.value = true}>
            {say("showAll")}
          </button>
        </p>
      )}
    </>
  );
}
