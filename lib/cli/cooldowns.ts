/** `llm-proxy cooldowns [clear [KEY]]`: what is cooling in the running proxy, and why. */
import type { ClearedCooldowns, CooldownList, CooldownRow } from "../admin/cooldown_list.ts";
import { liveCommand, type LiveOptions } from "./live_command.ts";
import { createPaint, type Paint } from "./paint.ts";
import type { Screen } from "./screen.ts";
import { type Cell, safe, tableOf } from "./table.ts";

/** Lists them. Exit status 0, or 1 when there is no proxy to ask. */
export async function cooldowns(options: LiveOptions, screen: Screen): Promise<number> {
  const paint = createPaint(screen);
  const words = (list: CooldownList) => cooldownLines(list, paint);
  const call = { method: "GET", target: "/api/cooldowns", member: "cooldowns" } as const;
  return await liveCommand(call, options, { screen, words });
}

/**
 * Clears all, or the one that the listing calls by that name. Exit status 0, or 1 when there is none of
 * that name or no proxy to ask.
 */
export async function clearCooldowns(
  { key, ...options }: LiveOptions & { readonly key: string | undefined },
  screen: Screen,
): Promise<number> {
  const target = "/api/cooldowns/clear";
  const call = { method: "POST", target, body: { key }, member: "cleared" } as const;
  return await liveCommand(call, options, { screen, words: clearedLines });
}

/** A line a cooldown, and one a drill. */
export function cooldownLines({ cooldowns, more, drills }: CooldownList, paint: Paint): string[] {
  const header = ["what", "left", "since", "until", "doubled", "why"];
  const rows = cooldowns.map((row) => rowOf(row, paint));
  const table = tableOf([header.map((text) => ({ text, paint: paint.faint })), ...rows]);
  return [
    ...(cooldowns.length === 0 ? ["Nothing is cooling."] : table),
    ...(more > 0 ? [`and ${more} more, of models and keys that callers made up.`] : []),
    ...drills.map(({ backend, kind, secondsLeft }) => {
      return safe(`Drill: ${backend} fails on purpose (${kind}) for another ${secondsLeft} s.`);
    }),
  ];
}

function clearedLines({ cleared }: ClearedCooldowns): string[] {
  return cleared.length === 0
    ? ["Nothing is cooling."]
    : cleared.map((name) => safe(`Cleared ${name}.`));
}

function rowOf(row: CooldownRow, paint: Paint): Cell[] {
  const { name, key, secondsLeft, since, until, doublings } = row;
  return [
    { text: key === "" ? name : `${name} (${key})`, paint: paint.strong },
    { text: leftWords(row), paint: secondsLeft > 0 ? paint.bad : paint.good },
    { text: timeOf(since) },
    { text: timeOf(until) },
    { text: doublings === 0 ? "" : `${doublings}x` },
    { text: `${row.isDrill ? "drill; " : ""}${row.rule}: ${row.reason}; ${row.length}` },
  ];
}

function leftWords({ secondsLeft, isProbing }: CooldownRow): string {
  if (isProbing) return "probe under way";
  return secondsLeft > 0 ? `${secondsLeft} s` : "next request probes";
}

/** `12:00:00Z` of an ISO 8601 instant: the time of the logs. */
function timeOf(iso: string): string {
  return iso.replace(/^.*T([\d:]+).*$/, "$1Z");
}
