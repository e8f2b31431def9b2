/** What one event loop of several hands to the main one, and what that makes of it. */
import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { GeneralLog } from "../../lib/record/general_log.ts";
import { History } from "../../lib/record/history.ts";
import { counted } from "../../lib/record/metric_registry.ts";
import { callRaw, connectTo, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { CONTENT, reply, startPausing, startReplier } from "../peer.ts";
import { standingClock, startProxy } from "../proxy.ts";
import { NO_LOGS, snapshotOf } from "../routing.ts";
import { recordsOf, startHistory } from "./history_scene.ts";
import { samplesIn } from "./samples.ts";

const CALL = { body: `{"model":"chat"}` };
const KEY = "sk-canary-0123456789abcdef";

Deno.test("GeneralLog passes on what is at its level, masked, and writes it nowhere itself", async () => {
  const { now } = standingClock();
  const passed: LogRecord[] = [];
  const log = new GeneralLog({
    now,
    console: () => assert.fail("it is the main loop's to show"),
    pass: (record) => passed.push(record) < 2,
  });
  const generalFile = "/nowhere/at/all.log";
  log.configure(
    snapshotOf([], { logging: { ...NO_LOGS, level: "info", generalFile }, secrets: [KEY] }),
  );
  log.debug("too fine");
  log.warn(`with ${KEY}`, { route: KEY });
  log.info("refused");
  await log.flush();
  assert.deepEqual([passed.length, log.dropped], [2, 1]);
  const [record] = passed;
  assert.equal(record?.level, "warning");
  assert.doesNotMatch(JSON.stringify(record), /canary/);
});

Deno.test("GeneralLog takes another loop's line with the time at which it was said", async () => {
  const lines: string[] = [];
  const clock = standingClock();
  const console = (line: string) => Promise.resolve(void lines.push(line));
  const main = new GeneralLog({ now: clock.now, console });
  main.configure(snapshotOf([], { logging: { ...NO_LOGS, level: "error" } }));
  const pass = (record: LogRecord) => {
    clock.pass(60);
    main.take(structuredClone(record));
    return true;
  };
  const other = new GeneralLog({ now: clock.now, console: () => Promise.resolve(), pass });
  other.configure(snapshotOf([], { logging: NO_LOGS }));
  other.info("Hello.");
  await main.flush();
  assert.deepEqual(lines, ["2026-01-01T00:00:00.000Z INFO  Hello.\n"]);
});

Deno.test("History takes the rows of other loops", async () => {
  await using scene = await startHistory();
  const history = scene.openHistory();
  for (const record of recordsOf(3)) assert.equal(history.take(structuredClone(record)), true);
  await history.flush();
  assert.equal(history.requests({}, { limit: 10 }).length, 3);
});

Deno.test("History of another loop opens no file, and counts the rows that are refused", () => {
  const { now } = standingClock();
  const unheard = () => {};
  const history = new History({ now, info: unheard, warn: unheard, main: { row: () => false } });
  history.configure({ history: { file: "/nowhere/at/all.db", retainMs: 1 } });
  assert.deepEqual([history.lost, history.names().aliases], [0, []]);
});

Deno.test("Metrics add up what loops have counted, and tell once what all of them see", async () => {
  const held = Promise.withResolvers<void>();
  await using good = await startReplier(reply(200, `{"ok":1}`));
  await using slow = await startPausing(held.promise);
  await using one = await startProxy(chain({ good }), { ledger: false });
  await using two = await startProxy(chain({ good: slow }), { ledger: false });
  await callRaw(one.url, CALL);
  await callRaw(one.url, CALL);
  await using caller = await connectTo(two.url);
  await caller.send(requestBytes({ body: `{"model":"chat","stream":true}` }));
  await caller.until(CONTENT);
  const figures = structuredClone(await two.state.metrics.figures());
  const all = samplesIn(await one.state.metrics.text([figures, figures]));
  const count =
    `llm_proxy_requests_total{alias="chat",dialect="openai",ending="complete",status_class="2xx"}`;
  assert.equal(all.get(count), 2);
  assert.equal(all.get("llm_proxy_in_flight_requests"), 2);
  assert.equal(all.get(`llm_proxy_build_info{version="0.1.0"}`), 1);
  assert.equal(all.get("llm_proxy_config_revision"), 1);
  const alone = samplesIn(await one.state.metrics.text());
  const [memory, same] = [all, alone].map((each) => each.get("process_resident_memory_bytes"));
  assert.ok(Math.abs((memory ?? 0) / (same ?? 1) - 1) < 0.5);
  held.resolve();
  await caller.reply();
});

Deno.test("counted() keeps of loops that are gone their counts, and not how they stood", async () => {
  await using good = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ good }));
  await callRaw(proxy.url, CALL);
  const figures = structuredClone(await proxy.state.metrics.figures());
  const gone = await counted([await counted([figures]), figures]);
  const all = samplesIn(await proxy.state.metrics.text([structuredClone(gone)]));
  assert.equal(all.get(`llm_proxy_request_duration_seconds_count{alias="chat"}`), 3);
  assert.equal(all.get(`llm_proxy_loop_requests_total{loop="0"}`), 3);
  const names = gone.map(({ name }) => name);
  assert.ok(!names.includes("llm_proxy_in_flight_requests"));
  assert.ok(!names.includes("process_cpu_seconds_total"));
});
