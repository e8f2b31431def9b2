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
