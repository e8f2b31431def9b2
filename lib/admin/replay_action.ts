/** Sends a logged request again, to the proxy, as its caller: with a key of the configuration. */
import { proxyBackend } from "../replay/proxy_backend.ts";
import { replayOf } from "../replay/replay_request.ts";
import { send } from "../replay/send.ts";
import type { CallerResponse } from "../wire/caller_response.ts";
import { jsonAnswer } from "../wire/own_answer.ts";
import { problem } from "./answers.ts";
import type { AdminContext } from "./context.ts";
import { requestDetailView } from "./request_detail.ts";

/** `{ status, bytes, broken }`; `broken` says what broke, empty where the reply came whole. */
export async function replayRequest(id: string, context: AdminContext): Promise<CallerResponse> {
  const view = await requestDetailView(id, context);
  if (view === undefined) {
    const message = "There is no such request: it is older than the history, or never was.";
    return problem({ status: 404, code: "no_such_request", message });
  }
  if (view.log === undefined) return impossible(`there is no log of it (${view.noLog})`);
  const snapshot = context.current();
  const proxy = proxyBackend(snapshot, context.proxyUrl);
  const caller = snapshot.callers?.find(({ name }) => name === view.request.caller);
  const key = caller?.key ?? "";
  const made = await replayOf(view.log, { snapshot, proxy, backendName: undefined, key });
  if (made.kind === "impossible") return impossible(made.why);
  let [status, bytes] = [0, 0];
  const broken = await send(made.request, {
    ...made,
    onHead: (code) => status = code,
    onChunk: (chunk) => Promise.resolve(void (bytes += chunk.length)),
  });
  context.state.log.info(`Request ${id} was sent again on the admin port: status ${status}.`);
  return jsonAnswer({ status, bytes, broken: broken ?? "" });
}

function impossible(why: string): CallerResponse {
  const message = `This request cannot be sent again: ${why}.`;
  return problem({ status: 409, code: "cannot_replay", message });
}
