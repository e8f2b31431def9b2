/** Every route of a configuration asked at once, a few at each backend. */
import type { Backend, Snapshot } from "../config/snapshot.ts";
import { Pools, type ProxyFor } from "../connections/pools.ts";
import { type Asking, lacksKey } from "./asking.ts";
import { type Form, formNameOf, PROMPT_TOKENS } from "./form.ts";
import { listsModels, type Offer, offerOf } from "./offered.ts";
import { ask, type Probe, type ProbeResult, probesOf } from "./probe.ts";

/** At one backend, unless its `max_concurrent` is lower. */
const AT_ONCE = 4;

/** What is going to be sent. */
export interface LivePlan {
  readonly probes: readonly Probe[];
  /** The backends and the formats in which they list their models: those of their first routes. */
  readonly lists: readonly { readonly backend: Backend; readonly form: Form["name"] }[];
  /** How many of the probes are really sent: the others lack a key. */
  readonly requests: number;
  /** How many of the lists are. */
  readonly listRequests: number;
  /** Tokens that these may take and give, at most. */
  readonly mostInput: number;
  readonly mostOutput: number;
  /** Backends that get the key in `LLM_PROXY_KEY`. */
  readonly keyGoesTo: readonly string[];
}

/** @param callersKey what `LLM_PROXY_KEY` holds; empty for nothing */
export function planOf({ aliases, backends }: Snapshot, callersKey: string): LivePlan {
  const probes = probesOf(aliases.values());
  const sent = probes.filter(({ route }) => !lacksKey(route.backend, { callersKey }));
  const lists = [...backends.values()].filter(({ enabled }) => enabled).map((backend) => {
    const first = probes.find(({ route }) => route.backend.name === backend.name);
    return { backend, form: first?.form.name ?? formNameOf({ backend, model: "" }) };
  });
  const takers = sent.filter(({ route: { backend } }) => {
    return callersKey !== "" && (backend.auth === "passthrough" || backend.keys.length === 0);
  });
  return {
    probes,
    lists,
    requests: sent.length,
    listRequests: lists.filter((list) => listsModels(list, { callersKey })).length,
    mostInput: sent.length * PROMPT_TOKENS,
    mostOutput: sent.reduce((sum, { form }) => sum + form.mostTokens, 0),
    keyGoesTo: [...new Set(takers.map(({ route }) => route.backend.name))],
  };
}

export interface LiveResults {
  /** In the configuration's order. */
  readonly routes: readonly ProbeResult[];
  readonly offers: readonly Offer[];
}

export interface LiveCheckOptions extends Omit<Asking, "pools"> {
  /** For backends that say nothing of a proxy. */
  readonly proxyFor: ProxyFor;
  /** Is told of each route as its answer is in. */
  readonly onResult: (result: ProbeResult) => void;
}

/** Sends what is planned, over connections of its own. */
export async function checkLive(plan: LivePlan, options: LiveCheckOptions): Promise<LiveResults> {
  const pools = new Pools(options.proxyFor);
  try {
    return await askAll(plan, { ...options, pools });
  } finally {
    await pools.destroy();
  }
}

async function askAll(
  { probes, lists }: LivePlan,
  asking: LiveCheckOptions & Asking,
): Promise<LiveResults> {
  const routes = new Map<Probe, ProbeResult>();
  const { aliases } = asking.snapshot;
  const offers = await Promise.all(lists.map(async ({ backend, form }) => {
    const here = probes.filter(({ route }) => route.backend.name === backend.name);
    await inParallel(here, Math.min(AT_ONCE, backend.maxConcurrent), async (probe) => {
      const result = await ask(probe, asking);
      routes.set(probe, result);
      asking.onResult(result);
    });
    return await offerOf(backend, { ...asking, form, aliases: aliases.values() });
  }));
  return { routes: probes.flatMap((probe) => routes.get(probe) ?? []), offers };
}

/** All of them, so many at once. */
async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
