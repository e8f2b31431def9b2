/** `GET /metrics`: the figures of this proxy, for Prometheus. */
import type { State } from "../state/state.ts";
import type { OwnAnswer } from "../wire/own_answer.ts";

export async function metricsPage({ metrics }: Pick<State, "metrics">): Promise<OwnAnswer> {
  const body = new TextEncoder().encode(await metrics.text());
  return { status: 200, headers: [["content-type", metrics.contentType]], body };
}
