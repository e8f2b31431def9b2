import assert from "node:assert/strict";
import type { DrillKind } from "../lib/state/drills.ts";
import { callRaw, textOf } from "./caller.ts";
import { chain, watchAttempts } from "./chain.ts";
import { reply, startReplier } from "./peer.ts";
import { startProxy, type TestProxy } from "./proxy.ts";
import { VENDOR_CALLS } from "./vendor_calls.ts";

const CALL = { body: `{"model":"chat","messages":[]}` };
const STREAMED = { body: `{"model":"chat","messages":[],"stream":true}` };
const ANSWER = `{"choices":[{"message":{"role":"assistant","content":"hi"}}]}`;

/** A proxy over two healthy backends. */
async function startPair(rest = "") {
  const stack = new AsyncDisposableStack();
  const primary = stack.use(await startReplier(reply(200, ANSWER, { "x-from": "primary" })));
  const secondary = stack.use(await startReplier(reply(200, ANSWER, { "x-from": "secondary" })));
  const proxy = stack.use(await startProxy(chain({ primary, secondary }, rest)));
  const attempts = watchAttempts(proxy);
  const tried = async (request = CALL) => {
    const { status } = await callRaw(proxy.url, request);
    return [...attempts.take(), status];
  };
  return {
    primary,
    proxy,
    tried,
    drill: (kind: DrillKind, seconds = 60) => drill(proxy, kind, seconds),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function drill({ state }: TestProxy, kind: DrillKind, seconds: number, name = "primary") {
  return state.drills.start({ ...NOBODY, name }, { kind, forMs: seconds * 1000 });
}

const { NOBODY } = { NOBODY: (await import("./routing.ts")).backendOf("nobody") };

for (const kind of ["429", "html200", "cut"] as const) {
  Deno.test(`a drill ${kind} is hidden from the caller by fallback, and leaves nothing`, async () => {
    await using pair = await startPair();
    await pair.tried();
    const before = accountOf(pair.proxy);
    pair.drill(kind);
    assert.deepEqual(await pair.tried(), ["primary", "secondary", 200]);
    assert.deepEqual(await pair.tried(), ["secondary", 200]);
    assert.equal(pair.primary.requests.length, 1);
    pair.proxy.pass(60);
    assert.deepEqual(accountOf(pair.proxy), before);
    assert.deepEqual(await pair.tried(), ["primary", 200]);
  });
}

/** What is known of the backends: what they would be tried by. */
function accountOf({ state }: TestProxy) {
  const routes = ["primary", "secondary"].map((name) => {
    const route = { backend: { ...NOBODY, name }, model: `${name}-model` };
    const asked = { ...route, priority: 1, weight: 1, enabled: true };
    const { phase, reason } = state.health.look(asked);
    const inFlight = state.health.inFlight(asked.backend);
    return { phase, reason, inFlight, refused: state.health.whyNot(asked) };
  });
  return { routes, cooldowns: state.health.cooldowns(), drills: state.drills.all().length };
}
