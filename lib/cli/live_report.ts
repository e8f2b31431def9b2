/** What a live check says: before it, while it runs, and of what it found. */
import type { LivePlan, LiveResults } from "../probe/live_check.ts";
import type { Offer } from "../probe/offered.ts";
import type { Probe, ProbeResult } from "../probe/probe.ts";
import type { Paint } from "./paint.ts";
import { type Cell, safe, tableOf } from "./table.ts";

/** What is going to be sent, and what it may cost. */
export function opening(plan: LivePlan): string[] {
  const { requests, mostInput, mostOutput, listRequests, keyGoesTo } = plan;
  const tokens = `at most ${mostInput} tokens in and ${mostOutput} out in all`;
  const what =
    `Sends ${counted(requests, "request")} of a few words, ${tokens}, which cost what their ` +
    `backends charge; and asks ${counted(listRequests, "backend")} for the list of models.`;
  const formats =
    "Each route is asked in one format, which the table names: a client that calls in " +
    "another, as Codex does in Responses and Gemini CLI in Gemini's, may be answered otherwise.";
  if (keyGoesTo.length === 0) return [what, formats];
  return [what, formats, safe(`The key in LLM_PROXY_KEY goes to ${keyGoesTo.join(", ")}.`)];
}

export function progressLine(result: ProbeResult, done: number, all: number): string {
  const { probe: { route }, state, why } = result;
  const time = state === "well" ? ` in ${msOf(result)}` : `: ${why}`;
  return `[${done}/${all}] ${route.backend.name} (${route.model}) ${state}${time}`;
}

const HEAD = ["alias", "backend (model)", "format", "reached", "key", "model", "streams"];

/** A row a route of an alias, then why each that is not well is not. */
export function tableLines(results: readonly ProbeResult[], paint: Paint): string[] {
  const rows = results.flatMap((result) => {
    return result.probe.aliases.map(({ name }) => rowOf(name, result, paint));
  });
  const head = [...HEAD, "first content", "named"].map((text) => ({ text, paint: paint.faint }));
  const reasons = results.filter(({ why }) => why !== "").map((result) => {
    const { probe: { route }, why } = result;
    return safe(`${route.backend.name} (${route.model}): ${result.state}: ${why}.`);
  });
  const notes = [...results.flatMap(otherName), ...otherKeys(results)];
  return [
    ...tableOf([head, ...rows]),
    ...reasons.length + notes.length === 0 ? [] : ["", ...reasons, ...notes],
  ];
}

function rowOf(alias: string, result: ProbeResult, paint: Paint): readonly Cell[] {
  const { probe: { route, form }, modelNamed } = result;
  const cell = (isSo: boolean | undefined): Cell => {
    if (isSo === undefined) return { text: "-" };
    return isSo ? { text: "yes", paint: paint.good } : { text: "no", paint: paint.bad };
  };
  return [
    { text: alias },
    { text: `${route.backend.name} (${route.model})` },
    { text: form.name },
    cell(result.reachable),
    cell(result.keyAccepted),
    cell(result.modelKnown),
    cell(result.streams),
    { text: msOf(result) },
    { text: modelNamed === "" ? "-" : modelNamed },
  ];
}

function msOf({ firstContentMs }: ProbeResult): string {
  return firstContentMs === undefined ? "-" : `${Math.round(firstContentMs)} ms`;
}

/** Dated releases begin with the name that was asked for; another name may be another model. */
function otherName({ probe, modelNamed }: ProbeResult): string[] {
  if (!isOtherModel(probe, modelNamed)) return [];
  const { backend, model } = probe.route;
  return [
    safe(`${backend.name} (${model}): names ${modelNamed} as its model: is that what you pay for?`),
  ];
}

/** One request shows one key. */
function otherKeys(results: readonly ProbeResult[]): string[] {
  const asked = results.filter(({ state }) => state !== "skipped");
  const backends = new Set(asked.map(({ probe: { route } }) => route.backend));
  return [...backends].filter(({ auth, keys }) => auth === "inject" && keys.length > 1)
    .map(({ name, keys }) =>
      safe(`${name}: the first of its ${keys.length} keys was sent, and no other.`)
    );
}

/** Azure's deployments are called as their owners like. */
function isOtherModel({ route, form }: Probe, named: string): boolean {
  if (named === "" || form.name === "azure") return false;
  const [asked, told] = [route.model, named].map((name) => {
    return name.toLowerCase().replace(/^.*\//, "").replace(/[:@].*$/, "").replace(/-latest$/, "");
  });
  return asked === undefined || told === undefined ||
    !(told.startsWith(asked) || asked.startsWith(told));
}

/** Longer lists end in how many more there are; -json has them all. */
const MOST_SHOWN = 12;

/** What backends offer that no alias uses, or why that is not known. */
export function offerLines(offers: readonly Offer[]): string[] {
  const lines = offers.flatMap(({ backend, models, unused, why }) => {
    if (models === undefined) return [`${backend} does not say what it offers: ${why}.`];
    if (unused.length === 0) return [`${backend} offers nothing that no alias uses.`];
    const rest = unused.length - MOST_SHOWN;
    const more = rest > 0 ? ` and ${rest} more (-json lists all)` : "";
    return [
      `${backend} offers, and no alias uses: ${unused.slice(0, MOST_SHOWN).join(", ")}${more}.`,
    ];
  });
  return lines.length === 0 ? [] : ["", ...lines];
}

interface Told extends LiveResults {
  readonly plan: LivePlan;
  readonly isStopped: boolean;
}

/** How it went, in a line. */
export function closing({ routes, isStopped }: Told): string {
  const count = (state: ProbeResult["state"]) =>
    routes.filter((each) => each.state === state).length;
  const skipped = count("skipped") === 0 ? "" : `, ${count("skipped")} not asked for want of a key`;
  const stopped = isStopped ? ` Stopped by a signal, with ${count("stopped")} to go.` : "";
  return `${count("well")} well, ${count("failed")} failed${skipped}.${stopped}`;
}

/** The same for programs. */
export function asData({ routes, offers, plan, isStopped }: Told) {
  return {
    sent: { requests: plan.requests, mostInput: plan.mostInput, mostOutput: plan.mostOutput },
    stopped: isStopped,
    routes: routes.flatMap((result) =>
      result.probe.aliases.map(({ name }) => dataOf(name, result))
    ),
    backends: offers.map(({ backend, models, unused, why }) => {
      return { name: backend, models: models ?? null, unused, why };
    }),
  };
}

/** null where it is not known. */
function dataOf(alias: string, result: ProbeResult) {
  const { probe: { route, form }, state, firstContentMs, modelNamed, why } = result;
  return {
    alias,
    backend: route.backend.name,
    model: route.model,
    format: form.name,
    state,
    reachable: result.reachable ?? null,
    keyAccepted: result.keyAccepted ?? null,
    modelKnown: result.modelKnown ?? null,
    streams: result.streams ?? null,
    firstContentMs: firstContentMs === undefined ? null : Math.round(firstContentMs),
    modelNamed: modelNamed === "" ? null : modelNamed,
    namesOther: isOtherModel(result.probe, modelNamed),
    why,
  };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
