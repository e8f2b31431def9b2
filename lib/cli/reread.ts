/** What a running proxy does with signals that do not stop it. */
import type { ConfigWatcher } from "../config/watch.ts";
import type { Log } from "../record/general_log.ts";
import type { Signals } from "./signals.ts";

export interface RereadOptions {
  /** The configuration file. */
  readonly file: string;
  readonly watcher: Pick<ConfigWatcher, "readAgain">;
  readonly log: Pick<Log, "info" | "warn">;
  /** Looks after every file that is kept, at once. */
  readonly recheck?: () => Promise<void>;
}

/** Has the configuration read again at a hangup, changed or not. Logs are opened by each write. */
export function answerSignals(
  signals: Pick<Signals, "onHangup" | "onUnknown">,
  { file, watcher, log, recheck }: RereadOptions,
): void {
  signals.onHangup(async (signal) => {
    log.info(`${signal}: ${file} is read again, and logs are opened anew.`);
    // Not waited for: a file system may give no answer.
    void recheck?.();
    if (signal === "SIGUSR1") warnOfDebugger(log);
    if (await watcher.readAgain() === "same") log.info(`${file} is as it was.`);
  });
  const told = new Set<Deno.Signal>();
  signals.onUnknown((signal) => {
    if (told.has(signal)) return;
    told.add(signal);
    log.warn(`${signal} means nothing here. SIGHUP reads the files again, SIGTERM stops.`);
  });
}

/** The first version whose command opens it: https://github.com/denoland/deno/pull/35738 */
const OPENS_DEBUGGER = [2, 9, 2];

/** Nothing in the program's permissions can close it, or keep it closed. */
function warnOfDebugger(log: Pick<Log, "warn">): void {
  const version = Deno.version.deno.split(".").map(Number);
  const differs = OPENS_DEBUGGER.findIndex((part, index) => part !== version[index]);
  const isOlder = differs >= 0 && (version[differs] ?? 0) < (OPENS_DEBUGGER[differs] ?? 0);
  if (isOlder || Deno.build.standalone) return;
  log.warn(
    "At SIGUSR1 Deno opens its debugger on 127.0.0.1:9229, to everybody on this machine, until " +
      "the program ends. Send SIGHUP instead, and restart.",
  );
}
