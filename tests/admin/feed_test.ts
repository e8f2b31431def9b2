import assert from "node:assert/strict";
import { Feed } from "../../lib/admin/feed.ts";
import type { LiveRow } from "../../lib/admin/live_row.ts";
import type { NowView } from "../../lib/admin/now_view.ts";

const MIB = 1024 * 1024;

/** A feed whose every event has that size; what it sends is never looked at, only how much. */
function feedOf(eventBytes: number): Feed {
  const filler = "x".repeat(eventBytes);
  return new Feed({
    now: () => ({ version: filler }) as NowView,
    takeChanged: () => [{ id: filler } as LiveRow],
    redact: (text) => text,
  });
}

/** How many events a reader still finds that took none for as long as it was kept. */
async function leftFor(feed: Feed): Promise<number> {
  const subscriber = feed.subscribe();
  assert.ok(subscriber !== undefined && !(subscriber.body instanceof Uint8Array));
  const { body } = subscriber;
  // The next one comes after 250 ms, and with it the end of whoever has too many.
  await new Promise((resolve) => setTimeout(resolve, 700));
  feed.close();
  let events = 0;
  while (await body.read() !== undefined) events++;
  return events;
}

Deno.test("Feed lets go of a reader for whom more than 8 MiB wait", async () => {
  const feed = feedOf(5 * MIB);
  const subscriber = feed.subscribe();
  assert.ok(subscriber !== undefined && !(subscriber.body instanceof Uint8Array));
  const { body } = subscriber;
  const first = await body.read();
  assert.ok(first !== undefined && first.length > 5 * MIB);
  // Taking what comes keeps it, whatever the size.
  for (let taken = 0; taken < 3; taken++) assert.ok(await body.read() !== undefined);
  assert.equal(await leftFor(feed), 0);
});
