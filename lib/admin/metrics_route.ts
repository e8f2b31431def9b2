/** `GET /metrics`: the figures of this proxy, for Prometheus. */
import type { State } from "../state/state.ts";
import type { OwnAnswer } from "../wire/own_answer.ts";
import { NO_OTHER_LOOPS, type OtherLoops } from "./other_loops.ts";

export async function metricsPage(
  { metrics }: Pick<State, "metrics">,
  otherLoops: OtherLoops = NO_OTHER_LOOPS,
): Promise<OwnAnswer> {
  const body = new TextEncoder().encode(await metrics.text(await otherLoops.figures()));
  return { status: 200, headers: [["content-type", metrics.contentType]], body };
}
