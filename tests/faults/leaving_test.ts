/** Section D of the fault catalogue: callers who leave, F072 to F074. */
import assert from "node:assert/strict";
import { type Caller, connectTo, requestBytes } from "../caller.ts";
import { watchAttempts } from "../chain.ts";
import { chunk, type Script } from "../peer.ts";
import { CHAT, GOOD, isAnswer, startLine } from "./answers.ts";
import { endingIn, logOf, nextEnd, pausing, pour, withinASecond } from "./follow.ts";
import { headOf, healthy, OPENAI_CHAT, startOf, streamed } from "./streams.ts";

const { request, opening, content } = OPENAI_CHAT;
const STARTED = headOf(OPENAI_CHAT) + chunk(startOf(OPENAI_CHAT, [...opening, ...content]));
const GATED = headOf(OPENAI_CHAT) + chunk(startOf(OPENAI_CHAT, opening));

interface Phase {
  readonly script: Script;
  /** Resolves when the caller may leave. */
  readonly until: (caller: Caller, asked: Promise<unknown>) => Promise<unknown>;
}

const asked: Phase["until"] = (_, asked) => asked;
const hasContent: Phase["until"] = (caller) => caller.until(content.at(-1) ?? "");

/** Where a request may stand when its caller goes. */
const PHASES: Readonly<Record<string, Phase>> = {
  "waiting for the head": { script: () => {}, until: asked },
  "with the stream held by the gate": { script: ({ write }) => write(GATED), until: asked },
  "after the commit, the stream under way": {
    script: async (exchange) => {
      await exchange.write(STARTED);
      await pour(exchange, chunk(content[0] ?? ""), Infinity);
    },
    until: hasContent,
  },
  "after the commit, the backend silent": {
    script: ({ write }) => write(STARTED),
    until: hasContent,
  },
};

for (const [phase, { script, until }] of Object.entries(PHASES)) {
  Deno.test(`F072: a caller who leaves ${phase} takes the backend's exchange along`, async () => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const primary: Script = async (exchange) => {
      if (exchange.index > 0) return await exchange.write(streamed(OPENAI_CHAT).bytes);
      exchange.gone.then(gone.resolve);
      await Promise.all([script(exchange), asked.resolve()]);
    };
    await using line = await startLine({ primary, secondary: healthy(OPENAI_CHAT) });
    const ended = nextEnd(line);
    await using caller = await connectTo(line.proxy.url);
    await caller.send(requestBytes(request));
    await until(caller, asked.promise);
    caller.leave();
    await withinASecond("the backend is let go", gone.promise);
    await withinASecond("the request is recorded", ended);
    const entry = await ended;
    assert.match(endingIn(await logOf(line, entry)).join(), /^caller left after \d+ bytes, [^,]+$/);
    assert.deepEqual(await line.proxy.logs("errors"), []);
    assert.equal(line.cooling("primary"), 0);
    assert.equal(line.peer("secondary").connections, 0);
    isAnswer((await line.ask(request)).got, streamed(OPENAI_CHAT));
  });
}

Deno.test("F072: a caller who leaves before its body is whole has asked no backend", async () => {
  await using line = await startLine({ primary: GOOD });
  const ended = nextEnd(line);
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes(CHAT).subarray(0, -5));
  caller.leave();
  await withinASecond("the request is recorded", ended);
  const log = await logOf(line, await ended);
  assert.match(log, /^result .*499/m);
  assert.match(log, /^== request body: it did not arrive whole$/m);
  assert.match(endingIn(log).join(), /^caller left after 0 bytes/);
  assert.equal(line.peer("primary").connections, 0);
});

for (const phase of ["waiting for the head", "with the stream held by the gate"]) {
  Deno.test(`F072: a caller who leaves ${phase} is recorded as 499`, async () => {
    await using line = await startLine({ primary: PHASES[phase]?.script ?? assert.fail() });
    const ended = nextEnd(line);
    await using caller = await connectTo(line.proxy.url);
    await caller.send(requestBytes(request));
    await line.peer("primary").seen(0);
    caller.leave();
    const log = await logOf(line, await ended);
    assert.match(log, /^result .* 499 no response/m);
    assert.match(log, /^reason +caller left: the caller went away/m);
    assert.ok(line.proxy.lines.some((text) => / INFO .* 499 /.test(text)), "one line at info");
  });
}

Deno.test("F074: a caller who leaves while the next backend is asked stops it there", async () => {
  const second = pausing("");
  const behaviours = {
    primary: streamed(OPENAI_CHAT, OPENAI_CHAT.errors),
    secondary: second.script,
    third: healthy(OPENAI_CHAT),
  };
  await using line = await startLine(behaviours);
  const attempts = watchAttempts(line.proxy);
  const ended = nextEnd(line);
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes(request));
  await line.peer("secondary").seen(0);
  caller.leave();
  await withinASecond("the backend is let go", second.gone);
  await withinASecond("the request is recorded", ended);
  assert.deepEqual(attempts.take(), ["primary", "secondary"]);
  assert.equal(line.peer("third").connections, 0);
  assert.deepEqual(["primary", "secondary", "third"].map(line.cooling), [300, 0, 0]);
  assert.match(endingIn(await logOf(line, await ended)).join(), /^caller left after 0 bytes/);
});

Deno.test("F074: a caller who leaves while an error reply comes in is no reason to ask another", async () => {
  const first = pausing("HTTP/1.1 503 X\r\nContent-Length: 50\r\n\r\nhalf of it");
  await using line = await startLine({ primary: first.script, secondary: healthy(OPENAI_CHAT) });
  const ended = nextEnd(line);
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes(request));
  await line.peer("primary").seen(0);
  caller.leave();
  await withinASecond("the backend is let go", first.gone);
  await withinASecond("the request is recorded", ended);
  assert.deepEqual((await ended).attempts.map(({ verdict }) => verdict.row), [1]);
  assert.equal(line.peer("secondary").connections, 0);
  assert.equal(line.cooling("primary"), 0);
});

for (const [phase, start] of [["before the head", ""], ["in the stream", STARTED]] as const) {
  Deno.test(`F073: a caller who ends its side ${phase} counts as one who left`, async () => {
    const primary = pausing(start);
    await using line = await startLine({ primary: primary.script, secondary: GOOD });
    const ended = nextEnd(line);
    const { hostname, port } = new URL(line.proxy.url);
    using caller = await Deno.connect({ hostname, port: Number(port) });
    await caller.write(requestBytes(request));
    await line.peer("primary").seen(0);
    if (start !== "") await caller.read(new Uint8Array(1024));
    primary.goOn();
    await caller.closeWrite();
    await withinASecond("the backend is let go", primary.gone);
    await withinASecond("the request is recorded", ended);
    assert.match(endingIn(await logOf(line, await ended)).join(), /^caller left after \d+ bytes/);
    assert.equal(line.cooling("primary"), 0);
    assert.equal(line.peer("secondary").connections, 0);
  });
}
