/** Watches requests as they happen, for the live list and the figures of the last minutes. */
import type { AttemptRecord, Entry, EntryWatcher } from "../record/entry.ts";
import { backendSubject, routeSubject } from "../state/subjects.ts";
import type { LiveRequests } from "./live_requests.ts";
import type { Window } from "./window.ts";

/** The whole proxy, among the window's subjects. */
export const ALL = "all";

type Recent = Pick<Window, "ended" | "came">;

export interface ObserverOptions {
  readonly live: Pick<LiveRequests, "opened" | "changed" | "ended">;
  readonly window: Recent;
}

/** Cheap, and never throws: it runs on the request's path. */
export function observer({ live, window }: ObserverOptions): EntryWatcher {
  return {
    onOpen: (entry) => live.opened(entry),
    onAttempt(entry, attempt) {
      noteAttempt(entry, attempt, window);
      live.changed(entry);
    },
    onEnd(entry) {
      noteEnd(entry, window);
      live.ended(entry);
    },
  };
}

function noteAttempt(
  entry: Entry,
  attempt: AttemptRecord,
  window: Recent,
): void {
  const { call } = entry;
  const { verdict, startedMs, judgedMs } = attempt;
  const subjects = subjectsOf(entry, attempt);
  if (verdict.action === "fallback") {
    for (const subject of subjects) window.ended(subject, false);
  }
  if (verdict.action !== "relay" || verdict.answer.kind !== "reply") return;
  if (verdict.answer.reply.status >= 300 || call?.operation?.kind !== "inference") return;
  for (const subject of [ALL, ...subjects]) window.came(subject, judgedMs - startedMs);
}

/** What was relayed is known to be good once it has ended; of the rest the attempts have told. */
function noteEnd(entry: Entry, window: Recent): void {
  const { attempts, ending, late, response } = entry;
  const isWhole = ending?.kind !== "cut" && late === undefined;
  const last = attempts.at(-1);
  if (last?.verdict.action === "relay" && response?.answered.by === "backend") {
    for (const subject of subjectsOf(entry, last)) window.ended(subject, isWhole);
  }
  if (ending?.kind === "caller_left" && response === undefined) return;
  window.ended(ALL, isWhole && response !== undefined && response.status < 400);
}

/** Of names that callers make up there are no figures: they would take the place of the routes'. */
function subjectsOf(
  { arrival: { snapshot }, call }: Entry,
  { backend: name, model }: AttemptRecord,
): string[] {
  const backend = { name };
  const isRoute = snapshot.aliases.has(call?.alias.name ?? "");
  return [backendSubject(backend), ...(isRoute ? [routeSubject({ backend, model })] : [])];
}
