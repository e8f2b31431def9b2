/** Settings that are read once: a change of one needs a restart. */
import { formatListen } from "./listen_address.ts";
import type { Snapshot } from "./snapshot.ts";

interface RestartSetting {
  readonly key: string;
  /** Its value in words. */
  readonly valueOf: (snapshot: Snapshot) => string;
  /** What goes on until the restart; the value in use follows. */
  readonly meanwhile: string;
}

const SETTINGS: readonly RestartSetting[] = [
  {
    key: "listen",
    valueOf: ({ listen }) => formatListen(listen),
    meanwhile: "the proxy listens on",
  },
  {
    key: "history.file",
    valueOf: ({ history }) => history.file === "" ? "nothing" : history.file,
    meanwhile: "the history is kept in",
  },
  {
    key: "admin.listen",
    valueOf: ({ admin: { listen } }) => listen === undefined ? '""' : formatListen(listen),
    meanwhile: "the dashboard is on",
  },
];

/** A loaded configuration with those settings as they are in use. */
export function withSettingsInUse(loaded: Snapshot, inUse: Snapshot): Snapshot {
  const history = { ...loaded.history, file: inUse.history.file };
  const admin = { ...loaded.admin, listen: inUse.admin.listen };
  return { ...loaded, listen: inUse.listen, history, admin };
}

/** What needs a restart, each a line for a person; what was asked for before already is not repeated. */
export function restartLines(
  { asked, before, inUse }: {
    readonly asked: Snapshot;
    readonly before: Snapshot;
    readonly inUse: Snapshot;
  },
): string[] {
  return SETTINGS.flatMap(({ key, valueOf, meanwhile }) => {
    const value = valueOf(asked);
    if (value === valueOf(inUse) || value === valueOf(before)) return [];
    return [
      `${key} is now ${value}, which needs a restart; until then ${meanwhile} ${valueOf(inUse)}. ` +
      "The rest is in force",
    ];
  });
}
