/** The demo's own request, as it is shown: each attempt, the tokens as they come, and the sum of it. */
import { join } from "node:path";
import type { Entry, EntryWatcher } from "../../record/entry.ts";
import { DEMO_AGENT, hearAnswer, type Heard } from "./request.ts";
import { attemptLine, closing, paragraph } from "./show.ts";
import type { Stage } from "./stage.ts";
import type { Paint } from "../paint.ts";
import type { Screen } from "../screen.ts";

export interface FirstRequestOptions {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly paint: Paint;
  /** Whether the request's log goes before anybody could read it. */
  readonly once: boolean;
}

/** Sends the request through the proxy's own port and shows what becomes of it. */
export async function showFirstRequest(options: FirstRequestOptions): Promise<Heard> {
  const { stage: { server, state: { journal } }, screen, once } = options;
  const recorded = Promise.withResolvers<Entry>();
  const unwatch = journal.watch(attemptLines(options, recorded.resolve));
  const heard = await hearAnswer(server.url, paragraph(screen.write));
  if (heard.kind === "answered") {
    const entry = await recorded.promise;
    await journal.flush();
    const log = once ? "run the demo without -once to read it." : await logOf(entry);
    closing(heard, { attempts: entry.attempts.length, log }).forEach(screen.out);
  }
  unwatch();
  return heard;
}

/** Prints a line for each attempt of the demo's request; others may come in meanwhile. */
function attemptLines(
  { screen, paint }: FirstRequestOptions,
  onEnd: (entry: Entry) => void,
): EntryWatcher {
  return {
    onAttempt(entry, attempt) {
      if (!isDemos(entry)) return;
      screen.out(attemptLine(attempt, { number: entry.attempts.length, paint }));
      if (attempt.verdict.action === "relay") screen.out("");
    },
    onEnd: (entry) => isDemos(entry) ? onEnd(entry) : undefined,
  };
}

function isDemos({ arrival }: Entry): boolean {
  return arrival.headers.some(([name, value]) => name === "user-agent" && value === DEMO_AGENT);
}

/** Where an entry's log file is. */
async function logOf({ arrival }: Entry): Promise<string> {
  const { requestDir } = arrival.snapshot.logging;
  try {
    for await (const { name } of Deno.readDir(requestDir)) {
      if (name.endsWith(`_${arrival.id}.log`)) return join(requestDir, name);
    }
  } catch (cause) {
    // The directory is made with its first file.
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  return `could not be written to ${requestDir}.`;
}
