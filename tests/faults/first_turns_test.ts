/** Section 15: a conversation stays where its first turn was served, though its client names no session. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest } from "../caller.ts";
import { watchAttempts } from "../chain.ts";
import { chunk, CONTENT, DONE, reply, startReplier, STREAM_HEAD } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const WHOLE = reply(200, `{"choices":[{"message":{"role":"assistant","content":"hi"}}]}`);
const STREAM = STREAM_HEAD + chunk(CONTENT) + chunk(DONE) + chunk("");

interface Pair extends AsyncDisposable {
  /** Who answered. */
  asked(request: RawRequest): Promise<string>;
  /** Makes every new choice fall on that one of the two. */
  favour(backend: "one" | "two"): void;
  pass(seconds: number): void;
}

/** Two backends of equal priority, of which chance takes the one that is favoured. */
async function startEquals(answer: string | Uint8Array = WHOLE): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const peer = stack.use(await startReplier(answer));
  let drawn = 0;
  const yaml = `
backends:
  - { name: one, url: "${peer.url}" }
  - { name: two, url: "${peer.url}" }
models:
  chat: [{ backend: one, model: m }, { backend: two, model: m }]
  other: [{ backend: one, model: m }, { backend: two, model: m }]
`;
  const proxy = stack.use(await startProxy(yaml, { random: () => drawn }));
  const attempts = watchAttempts(proxy);
  const disposal = stack.move();
  return {
    async asked(request) {
      assert.equal((await callRaw(proxy.url, request)).status, 200);
      return attempts.take().join();
    },
    favour: (backend) => drawn = backend === "one" ? 0 : 0.99,
    pass: (seconds) => proxy.pass(seconds),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

interface Client {
  readonly target: string;
  /** Its request when the user has spoken so often. */
  turn(spoken: number, first?: string): Record<string, unknown>;
}

function turns<T>(spoken: number, user: (text: string) => T, model: (text: string) => T) {
  return (first: string): T[] => {
    const later = Array.from({ length: spoken - 1 }, () => [model("Yes."), user("And then?")]);
    return [user(first), ...later.flat()];
  };
}

const said = (role: string) => (content: string): unknown => ({ role, content });

/** Clients that name no session, by the format that they speak. */
const CLIENTS: Readonly<Record<string, Client>> = {
  "OpenAI chat": {
    target: "/v1/chat/completions",
    turn: (spoken, first = "Why?") => ({
      messages: [
        { role: "system", content: "Be brief." },
        ...turns(spoken, said("user"), said("assistant"))(first),
      ],
    }),
  },
  "OpenAI Responses": {
    target: "/v1/responses",
    turn: (spoken, first = "Why?") => {
      const input = turns(spoken, said("user"), said("assistant"))(first);
      return { instructions: "Be brief.", input: spoken === 1 ? first : input };
    },
  },
  Anthropic: {
    target: "/v1/messages",
    turn: (spoken, first = "Why?") => ({
      system: "Be brief.",
      messages: turns(spoken, said("user"), said("assistant"))(first),
    }),
  },
};

function request({ target, turn }: Client, spoken: number, first?: string): RawRequest {
  return { target, body: JSON.stringify({ model: "chat", ...turn(spoken, first) }) };
}

/** A result in every one of the formats. */
const ANY = reply(
  200,
  JSON.stringify({
    choices: [{ message: { role: "assistant", content: "hi" } }],
    output: [{ type: "message" }],
    content: [{ type: "text", text: "hi" }],
  }),
);

for (const [name, client] of Object.entries(CLIENTS)) {
  Deno.test(`cases 15: a second turn goes where the first was served: ${name}`, async () => {
    await using pair = await startEquals(ANY);
    pair.favour("two");
    assert.equal(await pair.asked(request(client, 1)), "two");
    pair.favour("one");
    assert.equal(await pair.asked(request(client, 2)), "two");
    assert.equal(await pair.asked(request(client, 3)), "two");
  });

  Deno.test(`cases 15: a conversation that opens otherwise is free: ${name}`, async () => {
    await using pair = await startEquals(ANY);
    pair.favour("two");
    assert.equal(await pair.asked(request(client, 1)), "two");
    pair.favour("one");
    assert.equal(await pair.asked(request(client, 1, "Whither?")), "one");
    assert.equal(await pair.asked(request(client, 2, "Whence?")), "one");
  });

  Deno.test(`cases 15: a new first turn that opens alike is not pulled: ${name}`, async () => {
    await using pair = await startEquals(ANY);
    pair.favour("two");
    assert.equal(await pair.asked(request(client, 1)), "two");
    pair.favour("one");
    assert.equal(await pair.asked(request(client, 1)), "one");
  });

  Deno.test(`cases 15: a new first turn that opens alike pulls nobody: ${name}`, async () => {
    await using pair = await startEquals(ANY);
    pair.favour("two");
    assert.equal(await pair.asked(request(client, 1)), "two");
    assert.equal(await pair.asked(request(client, 2)), "two");
    pair.favour("one");
    assert.equal(await pair.asked(request(client, 1)), "one");
    assert.equal(await pair.asked(request(client, 3)), "two");
  });
}

const CHAT = CLIENTS["OpenAI chat"]!;

Deno.test("cases 15: a streamed first turn counts as well", async () => {
  await using pair = await startEquals(STREAM);
  const streamed = (spoken: number): RawRequest => ({
    body: JSON.stringify({ model: "chat", stream: true, ...CHAT.turn(spoken) }),
  });
  pair.favour("two");
  assert.equal(await pair.asked(streamed(1)), "two");
  pair.favour("one");
  assert.equal(await pair.asked(streamed(2)), "two");
});

Deno.test("cases 15: a first turn is forgotten after affinity_seconds, and is one of its alias alone", async () => {
  await using pair = await startEquals();
  pair.favour("two");
  assert.equal(await pair.asked(request(CHAT, 1)), "two");
  pair.favour("one");
  const elsewhere = { body: JSON.stringify({ model: "other", ...CHAT.turn(2) }) };
  assert.equal(await pair.asked(elsewhere), "one");
  pair.pass(300);
  assert.equal(await pair.asked(request(CHAT, 2)), "one");
});
