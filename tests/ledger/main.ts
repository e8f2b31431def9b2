/**
 * `deno task ledger`: a gigabyte of traffic each way through the proxy, and every byte accounted for.
 * The one argument is the number of megabytes each way.
 */
import { lineOf } from "./ledger.ts";
import { materials, runRound } from "./traffic/round.ts";

const MEGABYTE = 1_000_000;
const ROUND_BYTES = 20 * MEGABYTE;

const wantedBytes = Number(Deno.args[0] ?? 1_000) * MEGABYTE;
const startedMs = performance.now();
const made = materials();
const total = { exchanges: 0, attempts: 0, sent: 0, received: 0, unexpected: 0 };

for (let seed = 1; Math.min(total.sent, total.received) < wantedBytes; seed++) {
  const { unexpected, ...round } = await runRound({ ...made, seed, bytes: ROUND_BYTES });
  total.exchanges += round.exchanges;
  total.attempts += round.attempts;
  total.sent += round.bytesSent;
  total.received += round.bytesReceived;
  for (const difference of unexpected) {
    total.unexpected += difference.bytes;
    say(`round ${seed}: ${lineOf(difference)}`);
  }
}

const seconds = (performance.now() - startedMs) / 1000;
say(
  `${inMegabytes(total.sent)} MB from callers, ${inMegabytes(total.received)} MB to them, ` +
    `${total.exchanges} exchanges, ${total.attempts} attempts, ${
      made.streams.chat.length > 0 ? "" : "no "
    }` +
    `recorded streams, ${seconds.toFixed(0)} s: ${total.unexpected} unexpected bytes`,
);
if (total.unexpected > 0) Deno.exit(1);

function inMegabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(1);
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
