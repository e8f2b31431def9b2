import assert from "node:assert/strict";
import { answerSignals } from "../../lib/cli/reread.ts";
import type { SignalAction } from "../../lib/cli/signals.ts";

Deno.test("answerSignals() warns once of a signal that means nothing, however often it comes", () => {
  const unknown: SignalAction[] = [];
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (line: string) => void warnings.push(line) };
  answerSignals(
    { onHangup: () => {}, onUnknown: (action) => void unknown.push(action) },
    { file: "config.yaml", watcher: { readAgain: () => Promise.resolve("same") }, log },
  );
  for (let sent = 0; sent < 1_000; sent++) unknown.forEach((act) => act("SIGUSR2"));
  unknown.forEach((act) => act("SIGALRM"));
  assert.deepEqual(warnings.map((line) => line.split(" ")[0]), ["SIGUSR2", "SIGALRM"]);
});

Deno.test("answerSignals() has every kept file looked at, and the configuration read, at each hangup", async () => {
  const hangups: SignalAction[] = [];
  const [rechecks, readings]: string[][] = [[], []];
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line), warn: () => {} };
  answerSignals(
    { onHangup: (action) => void hangups.push(action), onUnknown: () => {} },
    {
      file: "config.yaml",
      watcher: {
        readAgain: () => {
          readings?.push("read");
          return Promise.resolve("same");
        },
      },
      log,
      // A file system that gives no answer holds up nothing.
      recheck: () => {
        rechecks?.push("looked");
        return new Promise(() => {});
      },
    },
  );
  for (let sent = 0; sent < 2; sent++) for (const act of hangups) await act("SIGHUP");
  assert.deepEqual([rechecks?.length, readings?.length], [2, 2]);
  assert.equal(lines.filter((line) => line === "config.yaml is as it was.").length, 2);
});
