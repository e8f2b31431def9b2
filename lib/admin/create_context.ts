/** Puts together what the admin port is answered from. */
import type { EntryWatcher } from "../record/entry.ts";
import type { Sight } from "../workers/messages.ts";
import type { AdminContext, AdminOptions } from "./context.ts";
import { Feed } from "./feed.ts";
import { LiveRequests } from "./live_requests.ts";
import { nowView } from "./now_view.ts";
import { observer } from "./observer.ts";
import type { LoopsWatcher } from "./other_loops.ts";
import { keptAssets } from "./assets.ts";
import { Shown } from "./shown.ts";
import { TokenGate } from "./token_gate.ts";
import { Window } from "./window.ts";

export interface Surroundings {
  readonly port: number;
  readonly isDraining: () => boolean;
  readonly wait: (ms: number) => Promise<void>;
}

export function createContext(
  options: AdminOptions,
  { port, isDraining, wait }: Surroundings,
): {
  readonly context: AdminContext;
  readonly watcher: EntryWatcher;
  readonly loopsWatcher: LoopsWatcher;
} {
  const { monotonicMs } = options.state.clock;
  const window = new Window({ monotonicMs });
  const shown = new Shown(options.current);
  const live = new LiveRequests();
  const context: AdminContext = {
    ...options,
    live,
    window,
    shown,
    assets: keptAssets(),
    gate: new TokenGate({ monotonicMs, wait, port }),
    feed: new Feed({
      now: () => nowView(context),
      takeChanged() {
        // What is seen is in the next round.
        options.otherLoops.look();
        return live.takeChanged();
      },
      redact: (text) => shown.text(text),
    }),
    isDraining,
  };
  return {
    context,
    watcher: observer({ live, window }),
    loopsWatcher: {
      onSight: (sight) => note(sight, window),
      onEnd: (record) => live.endedElsewhere(record),
      onOpen: (loop, { count, details }) => live.openElsewhere(loop, { count, details }),
    },
  };
}

function note(sight: Sight, window: Window): void {
  if (sight.kind === "ended") window.ended(sight.subject, sight.isOk);
  else window.came(sight.subject, sight.ms);
}
