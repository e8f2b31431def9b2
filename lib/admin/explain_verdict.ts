/** What the routes of an explanation come to. */
import type { FallbackSettings, Route } from "../config/snapshot.ts";
import type { ExplainedRoute } from "./explained_route.ts";

export interface VerdictOptions
  extends Pick<FallbackSettings, "maxAttempts" | "deadlineMs" | "whenAllCooling"> {
  /** Those that are cooling and may be tried all the same, in that order. */
  readonly lastResorts: readonly Route[];
  /** Whether conversations stay where they are. */
  readonly hasHome: boolean;
  /** Whether the order is drawn anew for each request. */
  readonly isDrawn: boolean;
}

/** A sentence or more, for a person. */
export function verdictOn(planned: readonly ExplainedRoute[], options: VerdictOptions): string {
  const open = planned.filter((route) => route.isIn);
  const [first] = open;
  if (first === undefined) return noneOpen(planned, options);
  return [
    `A new request goes to ${named(first)} first${open.length > 1 ? ", then down the list" : ""}.`,
    limits(options),
    coolingToo(options),
    options.isDrawn ? "Routes of one priority are drawn anew for each request, by weight." : "",
    options.hasHome ? "A conversation goes where it was served last, before all of these." : "",
  ].filter(Boolean).join(" ");
}

function noneOpen(planned: readonly ExplainedRoute[], options: VerdictOptions): string {
  const { lastResorts: [lastResort], whenAllCooling } = options;
  if (planned.length === 0) return "No route is in use, so requests are answered 503.";
  if (lastResort !== undefined && whenAllCooling === "least_bad") {
    const name = named({ backend: lastResort.backend.name, model: lastResort.model });
    return `Every route is out. Those that are cooling are tried all the same, ${name} first ` +
      `(when_all_cooling: least_bad). ${limits(options)}`;
  }
  const waits = planned.flatMap(({ backInSeconds }) => backInSeconds ?? []);
  const retryAfter = waits.length === 0 ? "" : ` with Retry-After: ${Math.min(...waits)}`;
  return `Every route is out, so requests are answered 503${retryAfter}.`;
}

function coolingToo({ lastResorts, whenAllCooling, maxAttempts }: VerdictOptions): string {
  if (lastResorts.length === 0 || whenAllCooling === "reject" || maxAttempts === 1) return "";
  return "Where all of these fail, those that are cooling are tried, too.";
}

function limits({ maxAttempts, deadlineMs }: VerdictOptions): string {
  const most = maxAttempts === Infinity ? "Any number of attempts" : `At most ${maxAttempts}`;
  const attempts = maxAttempts === 1 ? " attempt" : maxAttempts === Infinity ? "" : " attempts";
  return `${most}${attempts} (max_retries), none begun ${deadlineMs / 1000} s after its arrival.`;
}

function named({ backend, model }: { readonly backend: string; readonly model: string }): string {
  return `${backend} (${model})`;
}
