/**
 * `llm-proxy demo`: a proxy in front of built-in providers, of which only one is well, and a request
 * that finds it. Needs no keys, no network and no configuration.
 */
import { curlExamples } from "./demo/curl.ts";
import { showFirstRequest } from "./demo/first_request.ts";
import { farewell, invitation, opening, requestLine } from "./demo/show.ts";
import { setStage, type Stage } from "./demo/stage.ts";
import { drain } from "./drain.ts";
import { createPaint, type Paint } from "./paint.ts";
import { surviveStrayErrors } from "../record/stray_errors.ts";
import type { Screen } from "./screen.ts";
import { listenForSignals, type Signals } from "./signals.ts";

export interface DemoOptions {
  /** End after the first request, instead of staying up until a signal. */
  readonly once: boolean;
}

/** Exit status 0, or 1 when the demo could not start or its request was not answered. */
export async function demo(options: DemoOptions, screen: Screen): Promise<number> {
  const signals = listenForSignals({ rereads: false });
  try {
    await using stage = await setStage();
    surviveStrayErrors(stage.state.log);
    const play = { ...options, stage, screen, signals, paint: createPaint(screen) };
    const told = await perform(play);
    const drainMs = stage.snapshot.limits.drainMs;
    const drained = await drain(stage.server, { signals, drainMs });
    return told ? drained : 1;
  } catch (cause) {
    screen.err(`The demo cannot run: ${cause instanceof Error ? cause.message : cause}.`);
    return 1;
  } finally {
    signals.dispose();
  }
}

interface Play extends DemoOptions {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly signals: Signals;
  readonly paint: Paint;
}

/** Plays the demo until it is to end; false when its request was not answered. */
async function perform(play: Play): Promise<boolean> {
  const { once, stage: { server, dashboardUrl }, screen, signals, paint } = play;
  screen.out(`llm-proxy listening on ${server.url}`);
  if (dashboardUrl !== undefined) screen.out(`Dashboard on ${dashboardUrl}`);
  opening(paint).forEach(screen.out);
  const heard = await Promise.race([showFirstRequest(play), signals.first]);
  const stopped = "signal" in heard;
  if (!stopped && heard.kind === "failed") {
    screen.err(`The demo's request was not answered: ${heard.reason}.`);
    return false;
  }
  if (!stopped && !once) await stayUp(play);
  return true;
}

/** Says what to try, and shows each request in a line, until a signal. */
async function stayUp({ stage, screen, signals, paint }: Play): Promise<void> {
  const { server, state, snapshot } = stage;
  const examples = curlExamples({ url: server.url, windows: Deno.build.os === "windows" });
  invitation(examples, paint).forEach(screen.out);
  state.journal.watch({
    onAttempt: () => {},
    onEnd: (entry) => screen.out(requestLine(entry, paint)),
  });
  await signals.first;
  farewell(snapshot.limits.drainMs).forEach(screen.out);
}
