/** Numbers, spans and instants as people read them. */
import type { Values, Word } from "./words.ts";

export type Say = (word: Word, values?: Values) => string;

export const NOTHING = "–";

/** `340 ms`, `1.24 s`, `2:05 min`. */
export function span(ms: number | undefined | null): string {
  if (ms === undefined || ms === null) return NOTHING;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${clock(ms)} min`;
}

/** What is left: `0:42`, `12:05`, `1:02:07`. */
export function clock(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** `3 d 4 h`, `4 h 12 min`, `12 min`, `42 s`. */
export function longSpan(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24
    ? `${hours} h ${minutes % 60} min`
    : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function ago(ms: number, say: Say): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 2) return say("justNow");
  if (seconds < 60) return say("secondsAgo", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say("minutesAgo", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? say("hoursAgo", { n: hours }) : say("daysAgo", { n: Math.floor(hours / 24) });
}

/** Which configuration: the one of the start, or of which reload since. */
export function settingsWords({ revision }: { readonly revision: number }, say: Say): string {
  return revision <= 1 ? say("asStarted") : say("reloadN", { n: revision - 1 });
}

/** `1,234`, `56.7k`, `8.9M`. */
export function amount(value: number | undefined | null): string {
  if (value === undefined || value === null) return NOTHING;
  if (value < 10_000) return Math.round(value).toLocaleString("en");
  if (value < 1_000_000) return `${(value / 1000).toFixed(1)}k`;
  return `${(value / 1_000_000).toFixed(2)}M`;
}

export function percent(share: number | undefined | null): string {
  if (share === undefined || share === null) return NOTHING;
  const shown = share * 100;
  return `${shown === 100 || shown === 0 ? shown : shown.toFixed(1)} %`;
}

export function rate(perMinute: number): string {
  return perMinute === 0 || perMinute >= 10 ? perMinute.toFixed(0) : perMinute.toFixed(1);
}

/** `2026-01-31 12:34:56`, in the time of the place. */
export function instant(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 19).replace("T", " ");
}
