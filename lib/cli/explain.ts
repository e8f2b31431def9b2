/** `llm-proxy explain MODEL`: where a call for a model would go now, and why. */
import type { ExplainedRoute } from "../admin/explained_route.ts";
import type { Explanation } from "../admin/explain.ts";
import { liveCommand, type LiveOptions } from "./live_command.ts";
import { createPaint, type Paint } from "./paint.ts";
import type { Screen } from "./screen.ts";
import { type Cell, safe, tableOf } from "./table.ts";

export interface ExplainOptions extends LiveOptions {
  readonly model: string;
  /** The format of the call; undefined for one that fits. */
  readonly dialect?: string | undefined;
}

/** Exit status 0, or 1 when there is no such model or no proxy to ask. */
export async function explain(options: ExplainOptions, screen: Screen): Promise<number> {
  const paint = createPaint(screen);
  const { model, dialect } = options;
  const query = new URLSearchParams({ model, ...(dialect === undefined ? {} : { dialect }) });
  const target = `/api/explain?${query}`;
  const words = (explanation: Explanation) => explanationLines(explanation, paint);
  const call = { method: "GET", target, member: "routes" } as const;
  return await liveCommand(call, options, { screen, words });
}

/** A line a route, and what it comes to. */
export function explanationLines(explanation: Explanation, paint: Paint): string[] {
  const { model, by, balance, dialect, routes, verdict } = explanation;
  const how = by === "alias" ? balance : "no alias: default_backend takes it, by the same name";
  const header = ["#", "route", "priority", "state", "back in", "why"];
  const rows = routes.map((route, index) => rowOf(route, { explanation, index, paint }));
  return [
    `${paint.strong(safe(model))} (${how}${
      dialect === "openai" ? "" : `; in ${dialect}'s format`
    })`,
    "",
    ...tableOf([header.map((text) => ({ text, paint: paint.faint })), ...rows]),
    "",
    safe(verdict),
  ];
}

/** States whose names are no words. */
const STATES: Readonly<Partial<Record<ExplainedRoute["state"], string>>> = {
  at_capacity: "full",
  out_of_use: "put out of use",
  probing: "being probed",
  off: "turned off",
  format: "another format",
};

interface RowContext {
  readonly explanation: Explanation;
  readonly index: number;
  readonly paint: Paint;
}

function rowOf(route: ExplainedRoute, { explanation, index, paint }: RowContext): Cell[] {
  const { backend, model, priority, isIn, state, backInSeconds } = route;
  const colour = isIn ? paint.good : paint.bad;
  return [
    { text: isIn ? String(placeOf(index, explanation)) : "-" },
    { text: `${backend} (${model})` },
    { text: String(priority) },
    { text: isIn ? "in" : `out: ${STATES[state] ?? state}`, paint: colour },
    { text: backInSeconds === undefined ? "" : `${backInSeconds} s` },
    { text: whyWords(route, explanation) },
  ];
}

/** How many routes that are in come before, and one more. */
function placeOf(index: number, { routes }: Explanation): number {
  return routes.slice(0, index).filter(({ isIn }) => isIn).length + 1;
}

function whyWords(route: ExplainedRoute, { model }: Explanation): string {
  const { alias, why, drill, inFlight, maxConcurrent } = route;
  return [
    alias === model ? "" : `fallback to ${alias}`,
    drill === undefined ? "" : `drill ${drill.kind}, ${drill.secondsLeft} s left`,
    why,
    maxConcurrent === undefined ? "" : `${inFlight} of ${maxConcurrent} in flight`,
  ].filter(Boolean).join("; ");
}
