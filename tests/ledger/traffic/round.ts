/** One round of traffic through one proxy, and the balance of its ledger. */
import assert from "node:assert/strict";
import { startProxy } from "../../proxy.ts";
import type { Balance } from "../balance.ts";
import { recordedStreams, type Streams } from "./answers.ts";
import { startBackend, TROUBLES, wishLines } from "./backend.ts";
import { callBytes, FORMS } from "./calls.ts";
import { startCaller } from "./caller.ts";
import { type Filling, fillingOf } from "./filling.ts";
import { type Random, randomOf } from "./random.ts";

export interface Materials {
  readonly filling: Filling;
  readonly streams: Streams;
}

/** What all rounds are made of; slow to make. */
export function materials(): Materials {
  return { filling: fillingOf(randomOf(1)), streams: recordedStreams() };
}

export interface RoundOptions extends Materials {
  readonly seed: number;
  /** Callers go on until at least as much has passed each way. */
  readonly bytes: number;
}

const CALLERS = 6;
const LARGEST_BYTES = 6 * 2 ** 20;

/** Runs a round, the same for the same seed but for how its requests interleave. */
export async function runRound({ seed, bytes, ...materials }: RoundOptions): Promise<Balance> {
  await using stack = new AsyncDisposableStack();
  const start = async (troubled: boolean) =>
    stack.use(await startBackend({ ...materials, troubled }));
  const urls = [await start(true), await start(false), await start(false)].map(({ url }) => url);
  const proxy = stack.use(await startProxy(configuration(urls)));
  const passed = { sent: 0, received: 0 };
  const call = async (caller: ReturnType<typeof startCaller>, random: Random) => {
    const form = random.pick(FORMS);
    const wanted = {
      seed: random.below(2 ** 31),
      // Whichever way is behind gets the large one.
      bytes: random.size(20, passed.received < passed.sent ? LARGEST_BYTES : 20_000),
      kind: form.answer,
      trouble: random.chance(0.1) ? random.pick(TROUBLES) : "",
    };
    const size = random.size(20, passed.sent <= passed.received ? LARGEST_BYTES : 20_000);
    const request = callBytes(random, form, {
      filling: materials.filling,
      bytes: size,
      lines: wishLines(wanted),
    });
    passed.sent += request.length;
    const received = await caller.call(request, form.method);
    passed.received += received;
    proxy.pass(2);
  };
  const work = async (random: Random) => {
    const caller = startCaller(proxy.url);
    while (passed.sent < bytes || passed.received < bytes) await call(caller, random);
    await caller.close();
  };
  const callers = Array.from({ length: CALLERS }, (_, index) => randomOf(seed * CALLERS + index));
  await Promise.all(callers.map(work));
  assert.ok(proxy.ledger !== undefined);
  return proxy.ledger.balance();
}

/** `chat` falls back from one backend to the next; `keyed` is sent a key that is not the caller's. */
function configuration([first = "", second = "", third = ""]: readonly string[]): string {
  return `
backends:
  - { name: first, url: "${first}/v1" }
  - { name: second, url: "${second}/api/v1" }
  - { name: third, url: "${third}", auth: inject, api_key: ["sk-pool-aaaaaaaaaa-1", "sk-pool-bbbbbbbbbb-2"] }
models:
  chat:
    - { backend: first, model: 'first "model" 模', priority: 1 }
    - { backend: second, model: org/second-model, priority: 2 }
  keyed:
    - { backend: third, model: third-model }
default_backend: second
fallback: { cooldown_seconds: 1 }
logging: { max_body_kb: 64 }
`;
}
