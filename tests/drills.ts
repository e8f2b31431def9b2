/** A proxy over two healthy backends, of which the first can be made to fail on purpose. */
import type { Drill, DrillKind } from "../lib/state/drills.ts";
import { callRaw, type RawRequest } from "./caller.ts";
import { chain, watchAttempts } from "./chain.ts";
import { type Peer, reply, startReplier } from "./peer.ts";
import { startProxy, type TestProxy } from "./proxy.ts";
import { backendOf, routeOf } from "./routing.ts";

export const CALL: RawRequest = { body: `{"model":"chat","messages":[]}` };
export const ANSWER = `{"choices":[{"message":{"role":"assistant","content":"hi"}}]}`;

export interface Pair extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly primary: Peer;
  /** The backends tried for a call, and the status that it was answered with. */
  tried(request?: RawRequest): Promise<(string | number)[]>;
  /** Makes the primary fail, for a minute unless told otherwise. */
  drill(kind: DrillKind, seconds?: number): Drill;
}

/** @param rest further top-level keys of the configuration, as YAML */
export async function startPair(rest = ""): Promise<Pair> {
  await using stack = new AsyncDisposableStack();
  const primary = stack.use(await startReplier(reply(200, ANSWER)));
  const secondary = stack.use(await startReplier(reply(200, ANSWER)));
  // A drill answers in a backend's place, of which the ledger knows nothing.
  const drilled = { ledger: false };
  const proxy = stack.use(await startProxy(chain({ primary, secondary }, rest), drilled));
  const attempts = watchAttempts(proxy);
  const disposal = stack.move();
  return {
    proxy,
    primary,
    async tried(request = CALL) {
      const { status } = await callRaw(proxy.url, request);
      return [...attempts.take(), status];
    },
    drill: (kind, seconds = 60) =>
      proxy.state.drills.start(backendOf("primary"), { kind, forMs: seconds * 1000 }),
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

/** All that is known of the two backends beyond a request. */
export function accountOf({ state }: TestProxy) {
  const { health, timings, drills } = state;
  const routes = ["primary", "secondary"].map((name) => {
    const route = routeOf(backendOf(name), { model: `${name}-model` });
    const { phase, reason } = health.look(route);
    const refused = health.whyNot(route);
    const firstContentMs = timings.firstContentMs(route);
    return { phase, reason, refused, firstContentMs, inFlight: health.inFlight(route.backend) };
  });
  return { routes, cooldowns: health.cooldowns(), drills: drills.all() };
}
