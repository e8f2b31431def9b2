/** What was set as a goal before it was measured, and whether it holds. */
import type { Results } from "./bench.ts";
import type { Name } from "./contestants/contestant.ts";
import { TITLES } from "./contestants/contestant.ts";
import { type FigureKey, FIGURES } from "./figures.ts";
import { ratioOf } from "./table.ts";

/** A goal as a bound from above; a goal of "n times better" is the share 1/n. */
export interface Target {
  readonly label: string;
  readonly unit: "x" | "ms" | "MB" | "kB";
  readonly atLeast: number;
  readonly aim: number;
  /** Undefined where it was not measured. */
  readonly measured: number | undefined;
}

export type Standing = "aim" | "holds" | "misses" | "not measured";

/** How the measured value stands to the goal. */
export function standingOf({ measured, atLeast, aim }: Target): Standing {
  if (measured === undefined) return "not measured";
  if (measured <= aim) return "aim";
  return measured <= atLeast ? "holds" : "misses";
}

/** Every target, in the order in which they were set. */
export function targetsOf(results: Results): readonly Target[] {
  const ratio = (key: FigureKey, ours: Name, peer: Name) => {
    return ratioOf(results.median(key, ours), results.median(key, peer));
  };
  const against = (key: FigureKey, ours: Name, peer: Name, bounds: Bounds): Target => ({
    label: `${FIGURES[key].label}: ${TITLES[ours]}, against ${TITLES[peer]}`,
    unit: "x",
    ...bounds,
    measured: ratio(key, ours, peer),
  });
  const own = (key: FigureKey, name: Name, unit: "ms" | "MB" | "kB", bounds: Bounds): Target => ({
    label: `${FIGURES[key].label}: ${TITLES[name]}`,
    unit,
    ...bounds,
    measured: results.median(key, name),
  });
  return [
    against("cpu1k", "ours", "nginx", { atLeast: 2.6, aim: 2 }),
    against("cpuTls", "ours", "nginx", { atLeast: 2.8, aim: 2.2 }),
    against("cpu1k", "ours-request-logs", "go", { atLeast: 0.6, aim: 0.4 }),
    against("cpu100k", "ours", "nginx", { atLeast: 3, aim: 2 }),
    against("cpuPaced", "ours", "nginx", { atLeast: 1.7, aim: 1.3 }),
    against("cpuEvent", "ours", "nginx", { atLeast: 0.8, aim: 0.6 }),
    against("cpu100k", "ours", "go", { atLeast: 0.5, aim: 0.3 }),
    against("cpu100k", "ours-request-logs", "go", { atLeast: 0.5, aim: 0.3 }),
    own("latencyP50", "ours", "ms", { atLeast: 0.22, aim: 0.17 }),
    own("latencyP99", "ours", "ms", { atLeast: 0.8, aim: 0.5 }),
    own("firstEvent", "ours", "ms", { atLeast: 0.35, aim: 0.2 }),
    own("rssLoad", "ours", "MB", { atLeast: 120, aim: 90 }),
    own("rssLoad", "ours-logs", "MB", { atLeast: 220, aim: 150 }),
    ...(["ours", "ours-logs"] as const).flatMap((name) => [
      own("rssIdle", name, "MB", { atLeast: 110, aim: 85 }),
      own("rssAfter", name, "MB", { atLeast: 170, aim: 110 }),
    ]),
    own("streamMemory", "ours", "kB", { atLeast: 35, aim: 25 }),
    {
      label: "CPU per 1 kB request: workers: 2, against workers: 1",
      unit: "x",
      atLeast: 1.2,
      aim: 1,
      measured: ratioOf(results.median("workers2", "ours"), results.median("workers1", "ours")),
    },
    ...againstPortkey(results),
  ];
}

interface Bounds {
  readonly atLeast: number;
  readonly aim: number;
}

/** Five times better at least, ten as the aim, on every row that both have. */
function againstPortkey(results: Results): Target[] {
  return results.figures().flatMap(({ key, figure: { label, better } }): Target[] => {
    const ours = results.median(key, "ours");
    const theirs = results.median(key, "portkey");
    if (better === "neither" || theirs === undefined) return [];
    const measured = better === "lower" ? ratioOf(ours, theirs) : ratioOf(theirs, ours);
    return [{
      label: `${label}: ours, no logs, against Portkey`,
      unit: "x",
      atLeast: 1 / 5,
      aim: 1 / 10,
      measured,
    }];
  });
}
