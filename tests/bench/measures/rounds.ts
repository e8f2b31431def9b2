/** Interleaved rounds: A, B, C, A, B, C …, so that what disturbs the machine disturbs all alike. */
import type { Bench } from "../bench.ts";
import { closedLoop } from "../load/closed_loop.ts";
import type { Running } from "../contestants/contestant.ts";
import type { Target } from "../load/target.ts";
import type { Script } from "../upstream/scripts.ts";
import { loadWindow, targetOf, type WindowResult } from "./window.ts";

/** One contestant under one kind of load. */
export interface Lane {
  readonly running: Running;
  readonly script: Script;
  /** Of each request's body. */
  readonly bytes: number;
  readonly connections: number;
  /** Puts down what a round gave. */
  readonly take: (result: WindowResult) => void;
}

export async function inRounds(
  { effort, say }: Pick<Bench, "effort" | "say">,
  lanes: readonly Lane[],
): Promise<void> {
  const { seconds, warmUpSeconds, rewarmSeconds, settleMs } = effort;
  const aimed: (readonly [Lane, Target])[] = [];
  for (const lane of lanes) {
    const { running, script, bytes, connections } = lane;
    const target = await targetOf(running, script, bytes);
    await loadWindow(running, target, { connections, seconds: warmUpSeconds, settleMs });
    aimed.push([lane, target]);
  }
  for (let round = 1; round <= effort.rounds; round++) {
    for (const [{ running, connections, take }, target] of aimed) {
      // While the others had their turn it was idle, and V8 forgets what it has made of code that rests.
      await closedLoop(target, { connections, seconds: rewarmSeconds });
      take(await loadWindow(running, target, { connections, seconds, settleMs }));
    }
    say(`  round ${round} of ${effort.rounds}`);
  }
}
