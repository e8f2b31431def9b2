/** A body, as text and as what it means. */
import { useSignal } from "@preact/signals";
import type { LoggedBody } from "../../record/parse_request_log.ts";
import { amount } from "./format.ts";
import { JsonTree } from "./json_tree.tsx";
import { LongText } from "./long_text.tsx";
import { readEvents } from "./stream_events.ts";
import { StreamEvents, StreamText } from "./stream_view.tsx";
import { useStore } from "./store.ts";
import { Tabs } from "./tabs.tsx";
import type { Word } from "./words.ts";

export function BodyView(
  { body, isStream }: { readonly body: LoggedBody; readonly isStream: boolean },
) {
  const { say } = useStore();
  const json = isStream ? undefined : jsonOf(body.text);
  const views: readonly Word[] = isStream
    ? ["viewText", "viewEvents", "viewRaw"]
    : json === undefined
    ? ["viewRaw"]
    : ["viewJson", "viewRaw"];
  const chosen = useSignal<Word>(views[0] ?? "viewRaw");
  if (body.totalBytes === 0) return <p class="muted">{say("emptyBody")}</p>;
  const notes = [say("nBytes", { n: amount(body.totalBytes) }), ...body.notes];
  return (
    <>
      <div class="body-head">
        <Tabs views={views} chosen={chosen} />
        <span class="muted">{notes.join(" · ")}</span>
      </div>
      {chosen.value === "viewRaw" && <LongText text={body.text} />}
      {chosen.value === "viewJson" && <JsonTree value={json?.value} />}
      {chosen.value === "viewText" && <StreamText events={readEvents(body.text)} />}
      {chosen.value === "viewEvents" && <StreamEvents events={readEvents(body.text)} />}
    </>
  );
}

/** An object or a list; else there is nothing to fold. */
function jsonOf(text: string): { readonly value: object } | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? { value } : undefined;
  } catch {
    return undefined;
  }
}
