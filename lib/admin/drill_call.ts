/** `POST /api/drill`: one backend of the running proxy fails on purpose for a while. */
import {
  DEFAULT_DRILL_MS,
  type Drill,
  DRILL_KINDS,
  type DrillKind,
  LONGEST_DRILL_MS,
} from "../state/drills.ts";
import type { LiveAnswer, LiveContext } from "./live_routes.ts";
import { invalid, listed, membersOf, refused } from "./refused.ts";

export interface DrillView {
  readonly backend: string;
  readonly kind: DrillKind;
  readonly secondsLeft: number;
  readonly until: string;
}

/** What a call to begin or end a drill did. */
export interface DrillAnswer {
  readonly backend: string;
  /** Undefined where there is none any more. */
  readonly drill: DrillView | undefined;
  /** Whether the call ended one. */
  readonly ended: boolean;
}

/** `{ backend, kind, seconds }`; `seconds: 0` ends the drill, and needs no kind. */
export function drillCall(body: unknown, { state, current }: LiveContext): LiveAnswer {
  const { backend: name, kind, seconds = DEFAULT_DRILL_MS / 1000 } = membersOf(body);
  const { backends } = current();
  const backend = typeof name === "string" ? backends.get(name) : undefined;
  if (backend === undefined) {
    const message = `There is no backend ${JSON.stringify(name)}; there are: ` +
      `${listed([...backends.keys()])}.`;
    return refused({ status: 404, code: "no_such_backend", message });
  }
  const longest = LONGEST_DRILL_MS / 1000;
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= longest)) {
    return invalid(`"seconds" must be a number from 0 to ${longest}; 0 ends a drill.`);
  }
  if (seconds === 0) return end(backend.name, { state, current });
  const known = DRILL_KINDS.find((each) => each === kind);
  if (known === undefined) return invalid(`"kind" must be one of ${listed(DRILL_KINDS)}.`);
  const drill = state.drills.start(backend, { kind: known, forMs: seconds * 1000 });
  const view = drillView(drill, { state });
  const until = `until ${view.until} (${seconds} s)`;
  state.log.warn(`Drill: ${backend.name} fails on purpose (${known}) ${until}.`);
  return answer({ backend: backend.name, drill: view, ended: false });
}

function end(backend: string, { state }: LiveContext): LiveAnswer {
  const ended = state.drills.end(backend) !== undefined;
  if (ended) state.log.info(`Drill: ${backend} is asked again; nothing of the drill is left.`);
  return answer({ backend, drill: undefined, ended });
}

function answer(body: DrillAnswer): LiveAnswer {
  return { status: 200, body };
}

export function drillView(drill: Drill, { state }: Pick<LiveContext, "state">): DrillView {
  const leftMs = state.drills.leftMs(drill);
  const until = new Date(state.clock.now().getTime() + leftMs).toISOString();
  return {
    backend: drill.backend,
    kind: drill.kind,
    secondsLeft: Math.ceil(leftMs / 1000),
    until,
  };
}
