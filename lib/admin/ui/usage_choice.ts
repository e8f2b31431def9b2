/** Which usage is looked at. */
import type { UsageQuery } from "../../record/history_usage.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface UsageSpan {
  readonly word: "spanHour" | "spanDay" | "spanWeek" | "spanMonth";
  readonly lengthMs: number;
  readonly bucketMs: number;
}

export const SPANS = [
  { word: "spanHour", lengthMs: HOUR_MS, bucketMs: MINUTE_MS },
  { word: "spanDay", lengthMs: DAY_MS, bucketMs: 30 * MINUTE_MS },
  { word: "spanWeek", lengthMs: 7 * DAY_MS, bucketMs: 3 * HOUR_MS },
  { word: "spanMonth", lengthMs: 30 * DAY_MS, bucketMs: 12 * HOUR_MS },
] as const satisfies readonly UsageSpan[];

export interface UsageChoice {
  readonly by: UsageQuery["by"];
  readonly span: UsageSpan;
}

/** The end is the proxy's own now: its clock may be another. */
export function usagePath(path: string, { by, span }: UsageChoice): string {
  return `${path}?by=${by}&span=${span.lengthMs}&bucket=${span.bucketMs}`;
}
