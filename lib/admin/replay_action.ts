/** A logged request again: sent to the proxy as its caller, with a key of the configuration, or as curl. */
import { curlReplayOf } from "../replay/curl_replay.ts";
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
  const found = await loggedRequest(id, context);
  if (found.kind === "none") return found.answer;
  const { log, view, ...options } = found;
  const caller = options.snapshot.callers?.find(({ name }) => name === view.request.caller);
  const key = caller?.key ?? "";
  const made = await replayOf(log, { ...options, key, usesOwnKeys: true });
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

/** `{ line, notes }`: the request to the proxy as a line for a shell, and what is not as it was. */
export async function curlLine(id: string, context: AdminContext): Promise<CallerResponse> {
  const found = await loggedRequest(id, context);
  if (found.kind === "none") return found.answer;
  const made = await curlReplayOf(found.log, found);
  if (made.kind === "impossible") return impossible(made.why);
  const { line, notes } = made;
  return jsonAnswer({ line, notes });
}

/** A request whose log is there, and where it goes to; or the answer that there is none. */
async function loggedRequest(id: string, context: AdminContext) {
  const view = await requestDetailView(id, context);
  if (view === undefined) {
    const message = "There is no such request: it is older than the history, or never was.";
    const answer = problem({ status: 404, code: "no_such_request", message });
    return { kind: "none", answer } as const;
  }
  const { log } = view;
  if (log === undefined) {
    return { kind: "none", answer: impossible(`there is no log of it (${view.noLog})`) } as const;
  }
  const snapshot = context.current();
  const proxy = proxyBackend(snapshot, context.proxyUrl);
  return { kind: "log", log, view, snapshot, proxy, backendName: undefined } as const;
}

function impossible(why: string): CallerResponse {
  const message = `This request cannot be sent again: ${why}.`;
  return problem({ status: 409, code: "cannot_replay", message });
}
