/** Interleaved rounds: A, B, C, A, B, C …, so that what disturbs the machine disturbs all alike. */
import type { Bench } from "../bench.ts";
import type { Running } from "../contestants/contestant.ts";
import type { ClosedLoopOptions } from "../load/closed_loop.ts";
import type { Target } from "../load/target.ts";
import type { Script } from "../upstream/scripts.ts";
import { loadWindow, targetOf, type WindowResult } from "./window.ts";

export interface RoundsOptions {
  readonly script: Script;
  /** Of each request's body. */
  readonly bytes: number;
  readonly connections: number;
}

/** @param take puts down what one window of one contestant gave */
export async function inRounds(
  { effort, say }: Bench,
  running: readonly Running[],
  { script, bytes, connections }: RoundsOptions,
  take: (running: Running, result: WindowResult) => void,
): Promise<void> {
  const pairs: (readonly [Running, Target])[] = [];
  for (const each of running) {
    const target = await targetOf(each, script, bytes);
    await loadWindow(each, target, { connections, seconds: effort.warmUpSeconds });
    pairs.push([each, target]);
  }
  const options: ClosedLoopOptions = { connections, seconds: effort.seconds };
  for (let round = 1; round <= effort.rounds; round++) {
    for (const [each, target] of pairs) take(each, await loadWindow(each, target, options));
    say(`  round ${round} of ${effort.rounds}`);
  }
}
