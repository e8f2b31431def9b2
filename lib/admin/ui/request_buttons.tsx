/** What can be done with a request: copied, and sent again where this build can. */
import type { RequestDetailView } from "../request_detail.ts";
import { curlOf } from "./curl.ts";
import { act, type Store, useStore } from "./store.ts";

/** Shown only where the API has it. */
const REPLAY = "/api/requests/:id/replay";

export function RequestButtons({ view }: { readonly view: RequestDetailView }) {
  const store = useStore();
  const { say, offers } = store;
  const { request, log } = view;
  const replay = () => {
    const path = REPLAY.replace(":id", encodeURIComponent(request.id));
    act(store, { path, body: {}, done: say("replayed") });
  };
  if (log === undefined) return null;
  return (
    <span class="buttons">
      {offers.value.includes(REPLAY) && (
        <button type="button" title={say("replayHelp")} onClick={replay}>{say("replay")}</button>
      )}
      <button
        type="button"
        title={say("curlHelp")}
        onClick={() => copy(store, curlOf(log, location.hostname))}
      >
        {say("copyCurl")}
      </button>
    </span>
  );
}

/** Puts a text on the clipboard, and says whether that worked. */
export async function copy(store: Store, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    store.toast.value = { text: store.say("copied"), isBad: false };
  } catch {
    store.toast.value = { text: store.say("copyFailed"), isBad: true };
  }
}
