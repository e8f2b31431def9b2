import assert from "node:assert/strict";
import { LiveRequests } from "../../lib/admin/live_requests.ts";
import type { LiveDetail } from "../../lib/admin/live_row.ts";
import { recordsOf } from "../record/history_scene.ts";

const live = () => new LiveRequests();

const [first, second] = recordsOf(2);
assert.ok(first !== undefined && second !== undefined);

function open({ request, attempts }: LiveDetail): LiveDetail {
  return { request: { ...request, ending: "open", endMs: null }, attempts };
}

Deno.test("LiveRequests shows what is in flight on other loops, newest first, and counts it", () => {
  const requests = live();
  requests.openElsewhere(1, { count: 300, details: [open(first)] });
  requests.openElsewhere(2, { count: 1, details: [open(second)] });
  assert.equal(requests.openCount, 301);
  assert.deepEqual(requests.rows().map(({ id, ending }) => [id, ending]), [
    [second.request.id, "open"],
    [first.request.id, "open"],
  ]);
  assert.equal(requests.find(first.request.id)?.request.ending, "open");
  assert.equal(requests.takeChanged().length, 2);
  requests.openElsewhere(1, { count: 0, details: [] });
  assert.deepEqual([requests.openCount, requests.rows().length], [1, 1]);
});

Deno.test("LiveRequests shows a request of another loop once: as it ended", () => {
  const requests = live();
  requests.openElsewhere(1, { count: 1, details: [open(first)] });
  requests.takeChanged();
  requests.endedElsewhere(first);
  assert.deepEqual(requests.rows(), [first.request]);
  assert.deepEqual(requests.takeChanged(), [first.request]);
  assert.deepEqual(requests.takeChanged(), []);
  assert.deepEqual(requests.find(first.request.id), first);
});
