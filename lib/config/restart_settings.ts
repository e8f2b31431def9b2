/** Settings that are read once: a change of one needs a restart. */
import { formatListen } from "./listen_address.ts";
import type { Snapshot } from "./snapshot.ts";

interface RestartSetting {
  readonly key: string;
  /** Equal for equal settings. */
  readonly valueOf: (snapshot: Snapshot) => string;
  /** Whether this change is in force without one; undefined where none is. */
  readonly isInForce?: (asked: Snapshot, inUse: Snapshot) => boolean;
  /** What has become of it, and what goes on until the restart. */
  readonly words: (asked: Snapshot, inUse: Snapshot) => readonly [now: string, meanwhile: string];
}

/** A renewed certificate is served without a restart; with or without TLS is another matter. */
function isRenewal(asked: Snapshot, inUse: Snapshot): boolean {
  return asked.tls !== undefined && inUse.tls !== undefined;
}

const listenOf = ({ listen }: Snapshot) => formatListen(listen);
const historyOf = ({ history }: Snapshot) => history.file === "" ? "nothing" : history.file;
const adminOf = ({ admin }: Snapshot) =>
  admin.listen === undefined ? "nowhere" : formatListen(admin.listen);
const workersOf = ({ workers }: Snapshot) => String(workers);

const SETTINGS: readonly RestartSetting[] = [
  {
    key: "listen",
    valueOf: listenOf,
    words: (asked, inUse) => [
      `is now ${listenOf(asked)}`,
      `the proxy listens on ${listenOf(inUse)}`,
    ],
  },
  {
    key: "tls, or a file that it names,",
    valueOf: ({ tls }) => tls === undefined ? "" : `${tls.cert}\n${tls.key}`,
    isInForce: isRenewal,
    words: (_, { tls }) => [
      "has changed",
      `the proxy serves ${tls === undefined ? "without TLS" : "with the certificate it has"}`,
    ],
  },
  {
    key: "history.file",
    valueOf: historyOf,
    words: (asked, inUse) => [
      `is now ${historyOf(asked)}`,
      `the history is kept in ${historyOf(inUse)}`,
    ],
  },
  {
    key: "admin.listen",
    valueOf: adminOf,
    words: (asked, inUse) => [
      `is now ${adminOf(asked)}`,
      `the dashboard is at ${adminOf(inUse)}`,
    ],
  },
  {
    key: "workers",
    valueOf: workersOf,
    words: (asked, inUse) => [
      `is now ${workersOf(asked)}`,
      `the event loops of workers: ${workersOf(inUse)} go on`,
    ],
  },
];

/** A loaded configuration with those settings as they are in use. */
export function withSettingsInUse(loaded: Snapshot, inUse: Snapshot): Snapshot {
  const { listen, workers } = inUse;
  const tls = isRenewal(loaded, inUse) ? loaded.tls : inUse.tls;
  const history = { ...loaded.history, file: inUse.history.file };
  const admin = { ...loaded.admin, listen: inUse.admin.listen };
  return { ...loaded, listen, tls, history, admin, workers };
}

/** What needs a restart, each a line for a person; what was asked for before already is not repeated. */
export function restartLines(
  { asked, before, inUse }: {
    readonly asked: Snapshot;
    readonly before: Snapshot;
    readonly inUse: Snapshot;
  },
): string[] {
  return SETTINGS.flatMap(({ key, valueOf, isInForce, words }) => {
    if (isInForce?.(asked, inUse) === true) return [];
    const value = valueOf(asked);
    if (value === valueOf(inUse) || value === valueOf(before)) return [];
    const [now, meanwhile] = words(asked, inUse);
    return [`${key} ${now}, which needs a restart; until then ${meanwhile}. The rest is in force`];
  });
}
