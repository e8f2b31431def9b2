/** Ids that only their issuer understands, at two equal backends: nobody else is to see them. */
import assert from "node:assert/strict";
import { callRaw, type RawReply } from "../caller.ts";
import { type Peer, startPeer } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { backendOf, routeOf } from "../routing.ts";
import { isAnswer } from "./answers.ts";
import { type Dialogue, dialogueOf } from "./dialogues.ts";
import { type IssuingBackend, issuingBackend, refusalOf } from "./issuing_backend.ts";

Deno.test("200 interleaved conversations meet no foreign id, and both backends have their share", async () => {
  await using talk = await startTalk(200);
  const { one, two } = talk.backends;
  assert.deepEqual([...one.foreign, ...two.foreign], []);
  assert.equal(one.begun + two.begun, 200);
  const least = Math.min(one.begun, two.begun);
  assert.ok(least >= 60, `one of them began only ${least} of 200 conversations`);
});

Deno.test("conversations whose backend dies go on at the other without what it issued", async () => {
  await using talk = await startTalk(60);
  await talk.kill("one");
  for (const dialogue of orphansOf(talk)) {
    dialogue.forget();
    await talk.turn(dialogue);
    await talk.turn(dialogue);
  }
  assert.deepEqual(talk.backends.two.foreign, []);
  assert.deepEqual(talk.cooling(), ["one"]);
});

Deno.test("conversations of the backend that lives do not notice that the other one died", async () => {
  await using talk = await startTalk(60);
  await talk.kill("one");
  const orphans = orphansOf(talk);
  const others = talk.dialogues.filter((dialogue) => !orphans.includes(dialogue));
  assert.ok(others.length > 0);
  for (const dialogue of others) await talk.turn(dialogue);
  assert.deepEqual(talk.backends.two.foreign, []);
  assert.deepEqual(talk.cooling(), []);
});

Deno.test("an id that only a dead backend knew gets the living one's own error, which benches nobody", async () => {
  await using talk = await startTalk(60);
  await talk.kill("one");
  for (const dialogue of orphansOf(talk)) {
    isAnswer(await talk.say(dialogue), refusalOf(dialogue.held ?? ""));
    dialogue.forget();
    await talk.turn(dialogue);
  }
  assert.ok(talk.backends.two.foreign.length > 0);
  assert.deepEqual(talk.cooling(), ["one"]);
});

interface Talk extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly backends: Readonly<Record<"one" | "two", IssuingBackend>>;
  readonly dialogues: readonly Dialogue[];
  say(dialogue: Dialogue): Promise<RawReply>;
  /** Says something and is answered. */
  turn(dialogue: Dialogue): Promise<void>;
  /** From here on the backend's port refuses connections. */
  kill(name: "one" | "two"): Promise<void>;
  /** The backends whose route is out of use. */
  cooling(): string[];
}

/** Two equal backends and a proxy before them, after so many conversations of three turns each. */
async function startTalk(conversations: number): Promise<Talk> {
  await using stack = new AsyncDisposableStack();
  const backends = { one: issuingBackend("one"), two: issuingBackend("two") };
  const peers = {
    one: stack.use(await startPeer(backends.one.script)),
    two: stack.use(await startPeer(backends.two.script)),
  };
  const proxy = stack.use(await startProxy(yamlOf(peers), { random: seeded() }));
  const dialogues = Array.from({ length: conversations }, (_, index) => dialogueOf(index));
  const say = (dialogue: Dialogue) => callRaw(proxy.url, dialogue.next());
  const turn = async (dialogue: Dialogue) => {
    const got = await say(dialogue);
    assert.deepEqual([got.status, got.ending], [200, "whole"], dialogue.name);
    dialogue.heard(got);
  };
  for (let turns = 0; turns < 3; turns++) {
    for (let at = 0; at < conversations; at += AT_ONCE) {
      await Promise.all(dialogues.slice(at, at + AT_ONCE).map(turn));
    }
  }
  const held = stack.move();
  return {
    proxy,
    backends,
    dialogues,
    say,
    turn,
    kill: async (name) => await peers[name][Symbol.asyncDispose](),
    cooling: () => ["one", "two"].filter((name) => isCooling(proxy, name)),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** How many talk at the same time. */
const AT_ONCE = 10;

function yamlOf({ one, two }: Readonly<Record<"one" | "two", Peer>>): string {
  return `
backends:
  - { name: one, url: "${one.url}" }
  - { name: two, url: "${two.url}" }
models:
  chat:
    - { backend: one, model: one-model }
    - { backend: two, model: two-model }
`;
}

function orphansOf({ dialogues }: Talk): Dialogue[] {
  const orphans = dialogues.filter(({ held = "" }) => held.includes("one"));
  assert.ok(orphans.length >= 9, `only ${orphans.length} conversations are the dead one's`);
  return orphans;
}

function isCooling({ state: { health } }: TestProxy, name: string): boolean {
  return health.look(routeOf(backendOf(name), { model: `${name}-model` })).phase === "open";
}

/** Chance that is the same in every run. */
function seeded(): () => number {
  let state = 20_260_101;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
