import assert from "node:assert/strict";
import { incomingOf } from "../../lib/admin/serve.ts";
import { join } from "node:path";
import { callRaw, connectTo, type RawRequest, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, startPeer, startReplier } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { Journal } from "../../lib/record/journal.ts";
import { recordBytes } from "../../lib/record/record_bytes.ts";
import { NO_LOGS, snapshotOf } from "../routing.ts";

const CALL: RawRequest = { body: `{"model":"chat"}` };
const OK = reply(200, `{"ok":1}`);

/** The file names in a log directory, after everything has been written. */
async function names(proxy: TestProxy, kind: "requests" | "errors"): Promise<string[]> {
  await proxy.state.journal.flush();
  try {
    const entries = Array.from(Deno.readDirSync(join(proxy.directory, "logs", kind)));
    return entries.map(({ name }) => name);
  } catch {
    return [];
  }
}

Deno.test("Journal writes a file a request, named by its time and eight hexadecimal digits", async () => {
  await using first = await startReplier(OK);
  await using proxy = await startProxy(chain({ first }));
  for (let request = 0; request < 3; request++) await callRaw(proxy.url, CALL);
  const written = await names(proxy, "requests");
  assert.equal(written.length, 3);
  for (const name of written) {
    assert.match(name, /^2026-01-01T00-00-00\.000Z_[\da-f]{8}\.log$/);
  }
});

Deno.test("Journal names files by nothing that a caller or backend wrote (F150)", async () => {
  await using first = await startReplier(reply(503, "{}", { "x-request-id": "../../up" }));
  await using proxy = await startProxy(chain({ first }));
  const awkward = ["/../../x", "/v1/%00", `/${"a".repeat(300)}`, "/CON", "/a\\..\\b"];
  for (const target of awkward) {
    const lines = ["X-Request-Id: ../../../up", "Authorization: Bearer ../up"];
    await callRaw(proxy.url, { ...CALL, target, lines });
  }
  for (const kind of ["requests", "errors"] as const) {
    const written = await names(proxy, kind);
    assert.equal(written.length, awkward.length);
    for (const name of written) assert.match(name, /^[\d.TZ-]+_[\da-f]{8}\.log$/);
  }
});

Deno.test("Journal puts a copy beside the errors when an attempt failed, and only then", async () => {
  await using failing = await startReplier(reply(503, "{}"));
  await using working = await startReplier(OK);
  await using proxy = await startProxy(chain({ failing, working }));
  await callRaw(proxy.url, CALL);
  await callRaw(proxy.url, CALL);
  await callRaw(proxy.url, { body: `{"model":"unknown"}` });
  const [copy] = await names(proxy, "errors");
  const requests = await names(proxy, "requests");
  assert.equal((await names(proxy, "errors")).length, 1);
  assert.equal(requests.length, 3);
  assert.ok(requests.includes(copy ?? ""));
  const [error] = await proxy.logs("errors");
  assert.ok((await proxy.logs("requests")).includes(error ?? ""));
});

Deno.test("Journal takes a caller's own fault for no error", async () => {
  await using first = await startReplier(reply(400, "{}"));
  await using proxy = await startProxy(chain({ first }));
  await callRaw(proxy.url, CALL);
  assert.deepEqual(await names(proxy, "errors"), []);
});

Deno.test("Journal writes no files where both directories are turned off", async () => {
  await using first = await startReplier(reply(503));
  const off = `logging: { request_dir: "", error_dir: "" }`;
  await using proxy = await startProxy(chain({ first }, off));
  await callRaw(proxy.url, CALL);
  assert.deepEqual([await names(proxy, "requests"), await names(proxy, "errors")], [[], []]);
});

Deno.test("Journal writes errors alone where only they are wanted", async () => {
  await using failing = await startReplier(reply(503));
  await using working = await startReplier(OK);
  await using proxy = await startProxy(chain({ failing, working }, `logging: { request_dir: "" }`));
  for (let request = 0; request < 2; request++) await callRaw(proxy.url, CALL);
  assert.equal((await names(proxy, "errors")).length, 1);
  assert.deepEqual(await names(proxy, "requests"), []);
});

Deno.test("Journal has one summary line a request in the general log", async () => {
  await using first = await startReplier(OK);
  await using proxy = await startProxy(chain({ first }));
  await callRaw(proxy.url, { ...CALL, target: "/v1/chat/completions?secret=1" });
  await proxy.state.log.flush();
  const [line = "", ...more] = proxy.lines.filter((each) => each.includes("POST "));
  assert.match(
    line,
    /INFO {2}POST \/v1\/chat\/completions chat -> first \(first-model\) 200, 0 ms, 8 bytes, complete \[[\da-f]{8}\]$/,
  );
  assert.deepEqual(more, []);
});

Deno.test("Journal warns of an attempt that failed, with its request's id", async () => {
  await using failing = await startReplier(reply(503));
  await using working = await startReplier(OK);
  await using proxy = await startProxy(chain({ failing, working }));
  await callRaw(proxy.url, CALL);
  await proxy.state.log.flush();
  const [id = ""] = /[\da-f]{8}(?=\.log)/.exec((await names(proxy, "requests"))[0] ?? "") ?? [];
  const warnings = proxy.lines.filter((line) => line.includes(" WARN "));
  assert.deepEqual(warnings.map((line) => line.replace(/^\S+ /, "")), [
    "WARN  failing (failing-model): error code: status 503, one of error_codes; " +
    `fallback to working (working-model); the route cools for 300 s, set by cooldown_seconds [${id}]`,
  ]);
});

Deno.test("Journal lets no line of the general log be forged (F153)", async () => {
  await using first = await startReplier(OK);
  await using proxy = await startProxy(chain({ first }));
  const forged = "chat\n2026 INFO forged\u001b[31m";
  await callRaw(proxy.url, { body: JSON.stringify({ model: forged }), target: "/a%0ab" });
  await proxy.state.log.flush();
  assert.ok(proxy.lines.every((line) => /^2026-\S+ (DEBUG|INFO |WARN |ERROR) /.test(line)));
  // deno-lint-ignore no-control-regex -- what must not be there
  assert.ok(proxy.lines.every((line) => !/[\x00-\x1f]/.test(line)), proxy.lines.join("\n"));
});

Deno.test("Journal records a caller who left before the answer (F072)", async () => {
  const asked = Promise.withResolvers<void>();
  await using first = await startPeer(async ({ gone }) => {
    asked.resolve();
    await gone;
  });
  await using proxy = await startProxy(chain({ first }));
  const over = Promise.withResolvers<void>();
  proxy.state.journal.watch({ onAttempt: () => {}, onEnd: () => over.resolve() });
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes(CALL));
  await asked.promise;
  caller.leave();
  await over.promise;
  const [log = ""] = await proxy.logs();
  assert.match(log, /^result {5}chat -> 499 no response, 0 ms, caller left$/m);
  assert.match(log, /^== response: none$/m);
  assert.deepEqual(await names(proxy, "errors"), []);
});

Deno.test("Journal.watch() tells of attempts and endings until it is stopped", async () => {
  await using failing = await startReplier(reply(503));
  await using working = await startReplier(OK);
  await using proxy = await startProxy(chain({ failing, working }));
  const seen: string[] = [];
  const stop = proxy.state.journal.watch({
    onAttempt: (_entry, { backend, verdict }) => void seen.push(`${backend}: ${verdict.action}`),
    onEnd: ({ ending }) => void seen.push(`${ending?.kind}`),
  });
  await callRaw(proxy.url, CALL);
  stop();
  await callRaw(proxy.url, CALL);
  assert.deepEqual(seen, ["failing: fallback", "working: relay", "complete"]);
});

Deno.test("Journal serves on without its logs, counts them and warns once (F143, F144)", async () => {
  await using first = await startReplier(OK);
  await using proxy = await startProxy(chain({ first }, `history: { file: "" }`));
  const logs = join(proxy.directory, "logs");
  await Deno.writeTextFile(logs, "not a directory");
  for (let request = 0; request < 3; request++) {
    assert.equal((await callRaw(proxy.url, CALL)).status, 200);
  }
  await proxy.state.journal.flush();
  await proxy.state.log.flush();
  assert.equal(proxy.state.journal.lost, 3);
  assert.equal(proxy.lines.filter((line) => line.includes("logs are being lost")).length, 1);
  await Deno.remove(logs);
  await callRaw(proxy.url, CALL);
  assert.equal((await names(proxy, "requests")).length, 1);
});

/** A journal by itself, and what it logged. */
function alone() {
  const lines: string[] = [];
  const note = (line: string) => void lines.push(line);
  const notes = { debug: note, info: note, warn: note, error: note };
  const log = { ...notes, takes: () => true, flush: () => Promise.resolve() };
  const clock = { monotonicMs: () => 0, now: () => new Date(0) };
  return { journal: new Journal({ clock, log }), lines };
}

Deno.test("Journal.endOpen() ends what is under way, once", () => {
  const { journal, lines } = alone();
  const snapshot = snapshotOf([], { logging: NO_LOGS });
  const incoming = incomingOf(new Request("http://h/x?key=1"), "127.0.0.1:1");
  const [over, open] = [journal.open(incoming, snapshot), journal.open(incoming, snapshot)];
  over.ended({ kind: "complete", bytes: 3, detail: "" });
  journal.endOpen("the proxy was stopped");
  journal.endOpen("again");
  open.ended({ kind: "complete", bytes: 9, detail: "" });
  assert.deepEqual(open.ending, {
    kind: "cut",
    bytes: 0,
    detail: "the proxy was stopped",
    atMs: 0,
  });
  assert.equal(over.ending?.kind, "complete");
  assert.equal(lines.length, 2);
});

Deno.test("Journal.open() gives every request an id of its own (F149)", () => {
  const { journal } = alone();
  const snapshot = snapshotOf([]);
  const incoming = incomingOf(new Request("http://h/"), "127.0.0.1:1");
  const ids = Array.from({ length: 1000 }, () => journal.open(incoming, snapshot).arrival.id);
  assert.equal(new Set(ids).size, 1000);
});

Deno.test("recordBytes() counts the head too: a queue of records is bounded by it", () => {
  const { journal } = alone();
  const headers = { "x-long": "x".repeat(60_000) };
  const incoming = incomingOf(new Request("http://h/", { headers }), "127.0.0.1:1");
  const entry = journal.open(incoming, snapshotOf([]));
  assert.ok(recordBytes(entry) >= 60_000, `${recordBytes(entry)}`);
});

Deno.test("cases 13: Journal.watch(): a watcher that throws spoils no answer, and no other watcher", async () => {
  await using first = await startReplier(OK);
  await using proxy = await startProxy(chain({ first }));
  const key = "sk-caller-0123456789abcdef";
  const fails = () => {
    throw new Error(`watching failed with ${key}`);
  };
  proxy.state.journal.watch({ onOpen: fails, onAttempt: fails, onEnd: fails });
  const seen: string[] = [];
  const over = Promise.withResolvers<void>();
  proxy.state.journal.watch({
    onOpen: () => void seen.push("open"),
    onAttempt: (_entry, { backend }) => void seen.push(backend),
    onEnd: ({ response }) => {
      seen.push(`${response?.status}`);
      over.resolve();
    },
  });
  const got = await callRaw(proxy.url, { ...CALL, lines: [`Authorization: Bearer ${key}`] });
  await over.promise;
  assert.equal(got.status, 200);
  assert.deepEqual(seen, ["open", "first", "200"]);
  assert.equal((await proxy.logs()).length, 1);
  await proxy.state.log.flush();
  const told = proxy.lines.join("\n");
  assert.equal(
    told.match(/ERROR Request [\da-f]{8} met a fault inside the proxy: Error: watching/g)?.length,
    3,
  );
  assert.match(told, /at .*journal_test\.ts/);
  assert.ok(!told.includes(key));
});
