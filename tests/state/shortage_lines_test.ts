import assert from "node:assert/strict";
import { ShortageLines } from "../../lib/state/shortage_lines.ts";
import { faultOf } from "../policy/replies.ts";

Deno.test("H10: ShortageLines says what to raise, once a second at most, and nothing of other faults", () => {
  const lines: string[] = [];
  let nowMs = 0;
  const log = { error: (line: string) => void lines.push(line) };
  const shortages = new ShortageLines({ log, monotonicMs: () => nowMs });
  shortages.note(faultOf("connect_failed"));
  assert.deepEqual(lines, []);
  for (nowMs = 0; nowMs < 2_500; nowMs += 100) shortages.note(faultOf("own_shortage"));
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? "", /^No connection to a backend can be made \(.*ulimit -n/);
});
