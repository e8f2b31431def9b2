/**
 * What the caller of a healthy route must not notice: each failure before the first content event, in
 * each dialect, streamed or not, by itself and behind another.
 */
import assert from "node:assert/strict";
import { CLOSED_PORT, startPeer, startReplier } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { ask, isAnswer } from "./answers.ts";
import { type Column, COLUMNS } from "./columns.ts";
import { type Failure, failuresOf, PATTERN, refusedLater } from "./injected_failures.ts";

Deno.test("100 % of failures before the first content event are invisible to the caller", async (t) => {
  const shown: string[] = [];
  let injected = 0;
  await Promise.all(COLUMNS.map(async (column) => {
    for (const failures of sequencesOf(column)) {
      const name = `${column.name}: ${failures.map(({ name }) => name).join(", then ")}`;
      const fn = () => isInvisible(column, failures);
      injected++;
      if (!await t.step({ name, fn, ...SIDE_BY_SIDE })) shown.push(name);
    }
  }));
  const share = `${injected - shown.length} of ${injected} stayed hidden; not so:`;
  assert.deepEqual(shown, [], `${share}\n${shown.join("\n")}`);
  assert.ok(injected >= 500, `only ${injected} were injected`);
});

/** What steps need that run at the same time; the test's own sanitizers see what they leave. */
const SIDE_BY_SIDE = { sanitizeOps: false, sanitizeResources: false, sanitizeExit: false };

/** Each failure alone and before the next one; as many attempts in all as `max_retries` allows. */
function sequencesOf(column: Column): (readonly Failure[])[] {
  const all = failuresOf(column);
  const short = all.filter(({ rows }) => rows.length === 1);
  const pairs = short.map((failure, index) => [failure, short[(index + 1) % short.length]!]);
  return [...all.map((failure) => [failure]), ...pairs, [short[0]!, refusedLater(column)]];
}

/** The caller has the healthy backend's answer byte for byte, and the failures did happen. */
async function isInvisible(column: Column, failures: readonly Failure[]): Promise<void> {
  await using stage = await startStage(column, failures);
  const { got, entry } = await ask(stage.proxy, column.request);
  isAnswer(got, column.healthy);
  const rowsOf = (name: string) =>
    entry.attempts.filter(({ backend }) => backend === name).map(({ verdict }) => verdict.row);
  for (const [at, { rows }] of failures.entries()) {
    const met = rowsOf(`failing-${at}`);
    assert.equal(met.length, rows.length);
    for (const [index, row] of met.entries()) {
      assert.ok(rows[index]?.includes(row), `row ${row} of failing-${at} is not of ${rows[index]}`);
    }
  }
  assert.deepEqual(rowsOf("healthy"), [0]);
}

interface Stage extends AsyncDisposable {
  readonly proxy: TestProxy;
}

/** A proxy before the failing backends and, behind them, a healthy one. */
async function startStage(column: Column, failures: readonly Failure[]): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const places: string[] = [];
  for (const [at, { behaviour, keys }] of failures.entries()) {
    const peer = behaviour === "refused" ? undefined : stack.use(await startPeer(behaviour));
    const url = peer?.url ?? `http://127.0.0.1:${CLOSED_PORT}`;
    places.push(`{ name: failing-${at}, url: "${url}"${keys && `, ${keys}`} }`);
  }
  const { url } = stack.use(await startReplier(column.healthy.bytes));
  const proxy = stack.use(
    await startProxy(yamlOf([...places, `{ name: healthy, url: "${url}" }`])),
  );
  const held = stack.move();
  return { proxy, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

function yamlOf(backends: readonly string[]): string {
  const names = backends.map((backend) => /name: ([\w-]+)/.exec(backend)?.[1]);
  return [
    "backends:",
    ...backends.map((backend) => `  - ${backend}`),
    "models:",
    "  chat:",
    ...names.map((name, at) => `    - { backend: ${name}, model: m-${at}, priority: ${at + 1} }`),
    `detection: { error_patterns: ["${PATTERN}"] }`,
  ].join("\n");
}
