/** A stream as the text it spells, and as its events. */
import { useSignal } from "@preact/signals";
import { JsonTree } from "./json_tree.tsx";
import { LongText } from "./long_text.tsx";
import { type StreamEvent, textOf } from "./stream_events.ts";
import { useStore } from "./store.ts";

/** Events shown at once. */
const SHOWN_EVENTS = 50;

export function StreamText({ events }: { readonly events: readonly StreamEvent[] }) {
  const { say } = useStore();
  const text = textOf(events);
  return text === "" ? <p class="muted">{say("noText")}</p> : <LongText text={text} />;
}

export function StreamEvents({ events }: { readonly events: readonly StreamEvent[] }) {
  const { say } = useStore();
  const most = useSignal(SHOWN_EVENTS);
  const rest = events.length - most.value;
  return (
    <>
      <ol class="events">
        {events.slice(0, most.value).map(({ name, data, json }, index) => (
          <li key={index}>
            <span class="muted number">{index + 1}</span>
            {name !== "" && <span class="tag name">{name}</span>}
            {typeof json === "object" && json !== null
              ? <JsonTree value={json} openDepth={1} />
              : <pre class="text">{data}</pre>}
          </li>
        ))}
      </ol>
      {rest > 0 && (
        <button
          type="button"
          class="small"
          onClick={() => most.value += SHOWN_EVENTS * 4}
        >
          {say("nEvents", { n: rest })} …
        </button>
      )}
    </>
  );
}
