import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { GeneralLog } from "../../lib/record/general_log.ts";
import type { LoggingSettings, Snapshot } from "../../lib/config/snapshot.ts";
import { NO_LOGS, snapshotOf } from "../routing.ts";

const KEY = "sk-canary-0123456789abcdef";

/** A log with a directory of its own; `file` is where `configure()` put it. */
async function startLog(settings: Partial<LoggingSettings> = {}) {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const lines: string[] = [];
  const log = new GeneralLog({
    now: () => new Date(Date.UTC(2026, 0, 1)),
    console: (text) => Promise.resolve(void lines.push(...linesOf(text))),
  });
  const file = join(directory, "logs/proxy.log");
  log.configure(withLogging({ generalFile: file, ...settings }));
  return {
    log,
    lines,
    file,
    read: async (path = file) => {
      await log.flush();
      return await Deno.readTextFile(path);
    },
    async [Symbol.asyncDispose]() {
      await log.flush();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Each with its line end. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}

function withLogging(logging: Partial<LoggingSettings>): Snapshot {
  return snapshotOf([], { logging: { ...NO_LOGS, ...logging }, secrets: [KEY] });
}

Deno.test("GeneralLog writes a line with time and level to the console and the file", async () => {
  await using general = await startLog();
  general.log.info("Started.");
  general.log.warn("Odd.");
  const expected = "2026-01-01T00:00:00.000Z INFO  Started.\n2026-01-01T00:00:00.000Z WARN  Odd.\n";
  assert.equal(await general.read(), expected);
  assert.equal(general.lines.join(""), expected);
});

Deno.test("GeneralLog writes what is at its level or above", async () => {
  const levels = ["debug", "info", "warn", "error"] as const;
  for (const [index, level] of levels.entries()) {
    await using general = await startLog({ level });
    for (const each of levels) general.log[each](each);
    await general.log.flush();
    const written = general.lines.map((line) => line.trim().split(" ").at(-1));
    assert.deepEqual(written, levels.slice(index));
  }
});

Deno.test("GeneralLog masks configured secrets, and keys by their looks (F152)", async () => {
  await using general = await startLog();
  general.log.error(`Failed with ${KEY} and sk-ant-REDACTED.`);
  assert.doesNotMatch(await general.read(), /canary|ABCDEFGHIJ/);
});

Deno.test("GeneralLog masks nothing with redact: false", async () => {
  await using general = await startLog({ redact: false });
  general.log.error(KEY);
  assert.match(await general.read(), new RegExp(KEY));
});

Deno.test({
  name: "GeneralLog makes file and directory for their owner alone (F154)",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using general = await startLog();
    general.log.info("Started.");
    await general.log.flush();
    const mode = async (of: string) => ((await Deno.stat(of)).mode ?? 0) & 0o777;
    assert.equal(await mode(general.file), 0o600);
    assert.equal(await mode(dirname(general.file)), 0o700);
  },
});

Deno.test("GeneralLog appends to the file that is there", async () => {
  await using general = await startLog();
  await Deno.mkdir(dirname(general.file));
  await Deno.writeTextFile(general.file, "earlier\n");
  general.log.info("Started.");
  assert.match(await general.read(), /^earlier\n2026.+Started\.\n$/);
});

Deno.test("GeneralLog makes a file again that was deleted or moved away (F144)", async () => {
  await using general = await startLog();
  general.log.info("One.");
  await general.log.flush();
  await Deno.rename(general.file, `${general.file}.1`);
  general.log.info("Two.");
  assert.match(await general.read(), /^\S+ INFO {2}Two\.\n\S+ WARN .+; a new one begins\.\n$/);
});

Deno.test("GeneralLog goes on at the console without its file, keeps the lines and warns once (F144)", async () => {
  await using general = await startLog();
  await Deno.writeTextFile(dirname(general.file), "not a directory");
  for (const line of ["One.", "Two.", "Three."]) general.log.info(line);
  await general.log.flush();
  const words = general.lines.map((line) => line.slice("2026-01-01T00:00:00.000Z ".length).trim());
  assert.deepEqual(words.filter((line) => line.startsWith("INFO")).length, 3);
  const warnings = words.filter((line) => line.startsWith("WARN"));
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0] ?? "",
    /Cannot write the general log .+\. Lines go to the console, and up to 10000 wait for the file\.$/,
  );
  assert.equal(general.log.dropped, 0);
});

Deno.test("GeneralLog writes its file again once that works, and warns of the next failure", async () => {
  await using general = await startLog();
  const place = dirname(general.file);
  const warnings = () => general.lines.filter((line) => line.includes("Cannot write")).length;
  await Deno.writeTextFile(place, "not a directory");
  general.log.info("Late.");
  await general.log.flush();
  await Deno.remove(place);
  general.log.info("Written.");
  assert.match(
    await general.read(),
    /Late\.\n.+Written\.\n.+written again in .+; no line is missing\.\n$/,
  );
  await Deno.remove(place, { recursive: true });
  await Deno.writeTextFile(place, "not a directory");
  general.log.info("Lost again.");
  await general.log.flush();
  assert.equal(warnings(), 2);
});

Deno.test("GeneralLog.configure() moves to another file, level and none with a reload", async () => {
  await using general = await startLog();
  general.log.info("One.");
  const other = `${general.file}.other`;
  general.log.configure(withLogging({ generalFile: other, level: "warn" }));
  general.log.info("Two.");
  general.log.warn("Three.");
  assert.match(await general.read(other), /^\S+ WARN {2}Three\.\n$/);
  general.log.configure(withLogging({ generalFile: "" }));
  general.log.warn("Four.");
  assert.match(await general.read(), /^\S+ INFO {2}One\.\n$/);
  assert.match(await general.read(other), /Three\.\n$/);
  assert.match(general.lines.at(-1) ?? "", /Four\.\n$/);
});

Deno.test("GeneralLog drops lines that a stuck console does not take, and says how many (F146)", async () => {
  const stuck = Promise.withResolvers<void>();
  const told: string[] = [];
  const console = (text: string) => stuck.promise.then(() => void told.push(...linesOf(text)));
  const log = new GeneralLog({ now: () => new Date(0), console });
  log.configure(withLogging({}));
  for (let line = 0; line < 10_100; line++) log.info("x");
  assert.ok(log.dropped >= 99 && log.dropped <= 100, String(log.dropped));
  stuck.resolve();
  await log.flush();
  const losses = told.filter((line) =>
    line.includes(`WARN  ${log.dropped} lines of this log were lost`)
  );
  assert.equal(losses.length, 1);
});

Deno.test("GeneralLog writes an object a line with format: json, figures beside the message", async () => {
  await using general = await startLog({ format: "json" });
  general.log.warn(`Turned away ${KEY}.`, { status: 401, alias: `a ${KEY}`, backend: undefined });
  const line = await general.read();
  assert.deepEqual(JSON.parse(line), {
    time: "2026-01-01T00:00:00.000Z",
    level: "warn",
    message: "Turned away sk-ca****cdef.",
    status: 401,
    alias: "a sk-ca****cdef",
  });
  assert.deepEqual(general.lines, [line]);
});

Deno.test("GeneralLog colours the console's lines where a terminal shows them, and no file's", async () => {
  const lines: string[] = [];
  const console = (line: string) => Promise.resolve(void lines.push(line));
  const log = new GeneralLog({ now: () => new Date(0), console, coloured: true });
  log.configure(withLogging({}));
  log.info("chat -> a (m) 503, 5 ms", { status: 503 });
  log.warn("Turned away.");
  await log.flush();
  assert.deepEqual(lines, [
    "\x1b[2m1970-01-01T00:00:00.000Z\x1b[0m INFO  chat -> a (m) \x1b[31m503\x1b[0m, 5 ms\n",
    "\x1b[2m1970-01-01T00:00:00.000Z\x1b[0m \x1b[33mWARN  \x1b[0mTurned away.\n",
  ]);
  log.configure(withLogging({ format: "json" }));
  log.info("Plain.");
  await log.flush();
  assert.equal(JSON.parse(lines[2] ?? "").message, "Plain.");
});

Deno.test("GeneralLog lets nothing in a message act on a terminal or pass for a line of its own", async () => {
  await using started = await startLog();
  started.log.warn(
    "it said: \u001b[31m\u009b2J\u202e\r\n2026-01-01T00:00:00.000Z INFO  forged\n    at stack",
  );
  const expected = "2026-01-01T00:00:00.000Z WARN  it said: \\u001b[31m\\u009b2J\\u202e\\u000d\n" +
    "  2026-01-01T00:00:00.000Z INFO  forged\n    at stack\n";
  assert.equal(await started.read(), expected);
});
