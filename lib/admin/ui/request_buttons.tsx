/** What can be done with a request: copied, and sent again where this build can. */
import type { RequestDetailView } from "../request_detail.ts";
import { get } from "./api.ts";
import { act, failed, type Store, useStore } from "./store.ts";

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
        onClick={() => copyCurl(store, request.id)}
      >
        {say("copyCurl")}
      </button>
    </span>
  );
}

async function copyCurl(store: Store, id: string): Promise<void> {
  try {
    const path = `/api/requests/${encodeURIComponent(id)}/curl`;
    const { line, notes } = await get<{ line: string; notes: readonly string[] }>(path);
    await copy(store, line, notes);
  } catch (cause) {
    failed(store, cause);
  }
}

/** Puts a text on the clipboard, and says whether that worked. */
export async function copy(
  store: Store,
  text: string,
  notes: readonly string[] = [],
): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    store.toast.value = { text: [store.say("copied"), ...notes].join(" "), isBad: false };
  } catch {
    store.toast.value = { text: store.say("copyFailed"), isBad: true };
  }
}
