/** Where a conversation is warm it stays, for as long as it is warm and somebody is at home. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest } from "../caller.ts";
import { watchAttempts } from "../chain.ts";
import { chunk, CLOSED_PORT, type Script, startPeer } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { answer, ask, CHAT, GOOD, jsonAnswer, type Line, startLine } from "./answers.ts";
import { follow, pausing } from "./follow.ts";
import { headOf, OPENAI_CHAT } from "./streams.ts";

const OVERLOADED = jsonAnswer(
  503,
  { error: { message: "Overloaded", type: "server_error", code: null } },
  "Retry-After: 20",
);

/** A turn of a session that its agent names. */
function inSession(session: string): RawRequest {
  return { ...CHAT, lines: [`x-claude-code-session-id: ${session}`] };
}

/** A later turn, which nothing but its history tells from others. */
const LATER: RawRequest = {
  body: JSON.stringify({
    model: "chat",
    messages: [
      { role: "user", content: "Grüß Gott" },
      { role: "assistant", content: "Servus" },
      { role: "user", content: "Und?" },
    ],
  }),
};

/** A backend that is overloaded until it is told to be well. */
function recovering(): { readonly script: Script; recover(): void } {
  let reply = OVERLOADED;
  return { script: ({ write }) => write(reply.bytes), recover: () => void (reply = GOOD) };
}

/** Who was tried for a request. */
async function tried(line: Line, request: RawRequest): Promise<string[]> {
  const { got, entry } = await line.ask(request);
  assert.equal(got.status, 200);
  return entry.attempts.map(({ backend }) => backend);
}

for (const [what, turn] of Object.entries({ "a session": inSession("s-1"), "a history": LATER })) {
  Deno.test(`a warm conversation is not pulled back when a better route recovers: ${what}`, async () => {
    const better = recovering();
    await using line = await startLine({ better: better.script, other: GOOD });
    assert.deepEqual(await tried(line, turn), ["better", "other"]);
    better.recover();
    line.proxy.pass(21);
    assert.deepEqual(await tried(line, CHAT), ["better"]);
    assert.deepEqual(await tried(line, turn), ["other"]);
    line.proxy.pass(299);
    assert.deepEqual(await tried(line, turn), ["other"]);
  });

  Deno.test(`a conversation that was silent for affinity_seconds goes by priority again: ${what}`, async () => {
    const better = recovering();
    const rest = "fallback: { affinity_seconds: 60 }";
    await using line = await startLine({ better: better.script, other: GOOD }, { rest });
    assert.deepEqual(await tried(line, turn), ["better", "other"]);
    better.recover();
    line.proxy.pass(59);
    assert.deepEqual(await tried(line, turn), ["other"]);
    line.proxy.pass(60);
    assert.deepEqual(await tried(line, turn), ["better"]);
    assert.deepEqual(await tried(line, turn), ["better"]);
  });
}

Deno.test("a conversation is warm until its answer has ended, however long that took", async () => {
  const better = recovering();
  const { opening, content, closing } = OPENAI_CHAT;
  const start = headOf(OPENAI_CHAT) + chunk([...opening, ...content].join(""));
  const long = pausing(start, ({ write }) => write(chunk(closing.join("")) + chunk("")));
  const slow: Script = (exchange) =>
    exchange.index === 0 ? long.script(exchange) : exchange.write(GOOD.bytes);
  await using line = await startLine({ better: better.script, slow });
  const turn = { ...inSession("s-1"), body: OPENAI_CHAT.request.body ?? "" };
  await follow(line, turn, async (caller) => {
    await caller.until("Grüß");
    line.proxy.pass(600);
    long.goOn();
  });
  better.recover();
  line.proxy.pass(299);
  assert.deepEqual(await tried(line, turn), ["slow"]);
});

Deno.test("sessions are kept apart: another one goes by priority", async () => {
  const better = recovering();
  await using line = await startLine({ better: better.script, other: GOOD });
  assert.deepEqual(await tried(line, inSession("s-1")), ["better", "other"]);
  better.recover();
  line.proxy.pass(21);
  assert.deepEqual(await tried(line, inSession("s-2")), ["better"]);
  assert.deepEqual(await tried(line, inSession("s-1")), ["other"]);
});

Deno.test("first turns without a session follow priority and weight", async () => {
  await using peer = await startPeer(({ write }) => write(GOOD.bytes));
  let draws = 0;
  const random = () => (draws++ % 4) / 4;
  await using proxy = await startProxy(
    `
backends:
  - { name: light, url: "${peer.url}" }
  - { name: heavy, url: "${peer.url}" }
  - { name: last, url: "${peer.url}" }
models:
  chat:
    - { backend: last, model: m, priority: 2 }
    - { backend: light, model: m, weight: 1 }
    - { backend: heavy, model: m, weight: 3 }
`,
    { random },
  );
  const attempts = watchAttempts(proxy);
  for (let turn = 0; turn < 40; turn++) await callRaw(proxy.url, CHAT);
  const shares = Map.groupBy(attempts.take(), (name) => name);
  const counts = [...shares].map(([name, tries]) => `${name}: ${tries.length}`).sort();
  assert.deepEqual(counts, ["heavy: 30", "light: 10"]);
});

/** What a home may do instead of answering, after its first answer. */
const ABSENCES: Readonly<Record<string, Script>> = {
  "fails": ({ write }) => write(OVERLOADED.bytes),
  "resets the connection": ({ reset }) => reset(),
  "answers with a page": ({ write }) =>
    write(answer(200, "<html></html>", ["Content-Type: text/html"]).bytes),
};

for (const [what, absence] of Object.entries(ABSENCES)) {
  Deno.test(`a conversation whose home ${what} moves on, and stays where it came to`, async () => {
    const home: Script = (exchange) =>
      exchange.index === 0 ? exchange.write(GOOD.bytes) : absence(exchange);
    await using line = await startLine({ better: recovering().script, home, other: GOOD });
    const turn = inSession("s-1");
    assert.deepEqual(await tried(line, turn), ["better", "home"]);
    assert.deepEqual((await tried(line, turn)).slice(-2), ["home", "other"]);
    assert.deepEqual(await tried(line, turn), ["other"]);
  });
}

/** What may befall a home, besides moving to where nothing listens: further keys of its backend. */
const CHANGES: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  "refuses connections": ["", ["home", "other"]],
  "is turned off": [", enabled: false", ["other"]],
};

for (const [what, [keys, expected]] of Object.entries(CHANGES)) {
  Deno.test(`a conversation whose home ${what} moves on`, async () => {
    await using peer = await startPeer(({ write }) => write(GOOD.bytes));
    await using proxy = await startProxy(yamlOf(`url: "${peer.url}"`, peer.url));
    const attempts = watchAttempts(proxy);
    await ask(proxy, inSession("s-1"));
    const gone = `http://127.0.0.1:${CLOSED_PORT}`;
    await proxy.configure(yamlOf(`url: "${gone}"${keys}`, peer.url));
    assert.equal((await ask(proxy, inSession("s-1"))).got.status, 200);
    assert.deepEqual(attempts.take(), ["home", ...expected]);
  });
}

Deno.test("a conversation whose home is full moves on, and does not wait", async () => {
  const busy = Promise.withResolvers<void>();
  await using home = await startPeer(async ({ index, write }) => {
    if (index === 1) await busy.promise;
    await write(GOOD.bytes);
  });
  await using other = await startPeer(({ write }) => write(GOOD.bytes));
  await using proxy = await startProxy(
    yamlOf(`url: "${home.url}", max_concurrent: 1`, other.url),
  );
  const attempts = watchAttempts(proxy);
  await ask(proxy, inSession("s-1"));
  const neighbour = callRaw(proxy.url, CHAT);
  await home.seen(1);
  assert.equal((await callRaw(proxy.url, inSession("s-1"))).status, 200);
  assert.deepEqual(attempts.take(), ["home", "other"]);
  busy.resolve();
  assert.equal((await neighbour).status, 200);
});

/** The alias `chat` over a home, by the keys of its backend, and another. */
function yamlOf(home: string, other: string): string {
  return `
backends:
  - { name: home, ${home} }
  - { name: other, url: "${other}" }
models:
  chat:
    - { backend: home, model: m, priority: 1 }
    - { backend: other, model: m, priority: 2 }
`;
}
