/** Section D of the fault catalogue: streams that stand still, or nearly, F060, F068 and F071. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { connectTo, requestBytes, textOf } from "../caller.ts";
import { chunk, type Script } from "../peer.ts";
import { isAnswer, startLine } from "./answers.ts";
import {
  attemptsIn,
  endingIn,
  follow,
  logOf,
  nextEnd,
  pausing,
  pour,
  within,
  withinASecond,
} from "./follow.ts";
import {
  ANTHROPIC,
  bodyOf,
  eventsOf,
  headOf,
  healthy,
  OPENAI_CHAT,
  startOf,
  STREAMS,
} from "./streams.ts";

/** Fast enough to be waited for. */
const IMPATIENT = "timeouts: { idle_seconds: 0.3, first_content_seconds: 0.3 }";

for (const stream of STREAMS) {
  const { name, request, opening, content } = stream;

  Deno.test(`F060: a stream that falls silent after content is cut on both sides: ${name}`, async () => {
    const sent = startOf(stream, [...opening, ...content]);
    const primary = pausing(headOf(stream) + chunk(sent));
    primary.goOn();
    const behaviours = { primary: primary.script, secondary: healthy(stream) };
    await using line = await startLine(behaviours, { rest: IMPATIENT });
    const { got, log } = await follow(line, request);
    assert.deepEqual([got.status, got.ending, textOf(got)], [200, "cut", sent]);
    await withinASecond("the backend's connection is closed", primary.gone);
    assert.deepEqual(attemptsIn(log), ["primary: answer: status 200; passed on to the caller"]);
    const [ending = "", late = ""] = endingIn(log);
    assert.ok(ending.endsWith("(silent for 0.3 s)"), ending);
    assert.match(
      late,
      /^stream cut: .* \(silent for 0\.3 s\); the route cools for 300 s, set by cooldown_seconds$/,
    );
    assert.ok(line.proxy.lines.some((text) => text.includes(" WARN ") && text.includes(late)));
    assert.equal(line.peer("secondary").connections, 0);
  });

  Deno.test(`F060: a stream that falls silent before content stays hidden: ${name}`, async () => {
    const primary = pausing(headOf(stream) + chunk(startOf(stream, [...opening])));
    primary.goOn();
    const behaviours = { primary: primary.script, secondary: healthy(stream) };
    await using line = await startLine(behaviours, { rest: IMPATIENT });
    const { got, log } = await follow(line, request);
    isAnswer(got, healthy(stream));
    await withinASecond("the backend's connection is closed", primary.gone);
    assert.deepEqual(attemptsIn(log), [
      "primary: stream failed: status 200, but no content came within 0.3 s; fallback to secondary (secondary-model); " +
      "the route cools for 300 s, set by cooldown_seconds",
      "secondary: answer: status 200; passed on to the caller",
    ]);
  });
}

Deno.test("F060: a stream of nothing but pings is silent before its first content (504)", async () => {
  const pings: Script = async ({ write, gone }) => {
    await write(headOf(ANTHROPIC) + chunk(startOf(ANTHROPIC, [...ANTHROPIC.opening])));
    const timer = setInterval(() => write(chunk(ANTHROPIC.opening.at(-1) ?? "")), 30);
    await gone.finally(() => clearInterval(timer));
  };
  await using line = await startLine({ primary: pings }, { rest: IMPATIENT });
  const { got } = await follow(line, ANTHROPIC.request);
  assert.equal(got.status, 504);
  const { type, error } = JSON.parse(textOf(got));
  assert.equal(type, "error");
  assert.match(error.message, /primary \(primary-model\): .*no content came within 0\.3 s/);
  assert.equal(line.cooling("primary"), 300);
});

Deno.test("F060: silence is counted by the stream: another one of the backend's goes on", async () => {
  const silent = pausing(
    headOf(OPENAI_CHAT) + chunk(startOf(OPENAI_CHAT, [...OPENAI_CHAT.content])),
  );
  const over = Promise.withResolvers<void>();
  const primary: Script = async (exchange) => {
    if (exchange.index > 0) return await silent.script(exchange);
    await exchange.write(headOf(OPENAI_CHAT));
    const timer = setInterval(() => exchange.write(chunk(OPENAI_CHAT.content[0] ?? "")), 30);
    await over.promise.finally(() => clearInterval(timer));
    await exchange.write(chunk(OPENAI_CHAT.closing.join("")) + chunk(""));
  };
  await using line = await startLine({ primary }, { rest: IMPATIENT });
  await using lively = await connectTo(line.proxy.url);
  await lively.send(requestBytes(OPENAI_CHAT.request));
  await lively.until("Grüß");
  assert.equal((await follow(line, OPENAI_CHAT.request)).got.ending, "cut");
  over.resolve();
  const got = await lively.reply();
  assert.equal(got.ending, "whole");
  assert.ok(textOf(got).endsWith("data: [DONE]\n\n"));
});

Deno.test("F068: a stream that drips byte by byte is never late, and each byte passes at once", async () => {
  const whole = bodyOf(OPENAI_CHAT, eventsOf(OPENAI_CHAT));
  const [start, drops] = [whole.slice(0, -DROPS), whole.slice(-DROPS).split("")];
  const seen = drops.map(() => Promise.withResolvers<void>());
  const length = `Content-Length: ${new TextEncoder().encode(whole).length}`;
  const primary: Script = async ({ write }) => {
    await write(headOf(OPENAI_CHAT, length) + start);
    for (const [index, drop] of drops.entries()) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      await write(drop);
      await seen[index]?.promise;
    }
  };
  await using line = await startLine({ primary }, { rest: IMPATIENT });
  const { got, log } = await follow(line, OPENAI_CHAT.request, async (caller) => {
    for (const index of drops.keys()) {
      await caller.until(start + drops.slice(0, index + 1).join(""));
      seen[index]?.resolve();
    }
  });
  assert.deepEqual([textOf(got), got.ending], [whole, "whole"]);
  assert.ok(endingIn(log)[0]?.startsWith("complete after "));
  assert.equal(line.cooling("primary"), 0);
});

/** How many bytes drip: in all they take far longer than any one of them may. */
const DROPS = 90;

Deno.test("F071: a caller that never reads is let go of after idle_seconds, and so is its backend", async () => {
  const gone = Promise.withResolvers<void>();
  const primary: Script = async (exchange) => {
    exchange.gone.then(gone.resolve);
    await exchange.write(headOf(OPENAI_CHAT) + chunk(OPENAI_CHAT.content.join("")));
    await pour(exchange, chunk(`: ${"x".repeat(64 * 1024)}\n`), Infinity);
  };
  await using line = await startLine({ primary }, { rest: IMPATIENT });
  const ended = nextEnd(line);
  const { hostname, port } = new URL(line.proxy.url);
  const caller = connect({ host: hostname, port: Number(port) });
  caller.pause();
  caller.on("error", () => {});
  const closed = new Promise<void>((resolve) => caller.on("close", () => resolve()));
  caller.write(requestBytes(OPENAI_CHAT.request));
  try {
    await within(3, "both sides are free", Promise.all([gone.promise, ended]));
    assert.match(
      endingIn(await logOf(line, await ended)).join(),
      /^(cut|caller left) after \d+ bytes/,
    );
    assert.equal(line.cooling("primary"), 0);
  } finally {
    caller.destroy();
    await closed;
  }
});
