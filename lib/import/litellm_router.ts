/** How LiteLLM's router_settings, litellm_settings and general_settings lead from one model to others. */
import type { Draft } from "./draft.ts";
import type { Entry } from "./entry.ts";
import type { ImportedAlias } from "./model.ts";
import { countOf, secondsOf } from "./parts.ts";

/** Takes the deployments' aliases further: names for the same, stand-ins, how the load is shared. */
export function readRouter(root: Entry, draft: Draft): void {
  const sections = ["router_settings", "litellm_settings", "general_settings"]
    .flatMap((name) => root.get(name) ?? []);
  const strategy = root.get("router_settings")?.get("routing_strategy");
  if (strategy !== undefined) readStrategy(strategy, draft);
  readAliases(root, draft);
  for (const section of sections) readFallbacks(section.itemsAt("fallbacks"), draft);
  for (const section of sections) readDefaults(section.itemsAt("default_fallbacks"), draft);
  for (const section of sections) readSettings(section, draft);
  readTimeouts(sections, draft);
  readVariables(root);
}

const STRATEGIES: ReadonlyMap<string, ImportedAlias["balance"]> = new Map([
  ["simple-shuffle", "weighted"],
  ["least-busy", "least_busy"],
  ["latency-based-routing", "fastest"],
]);

function readStrategy(entry: Entry, draft: Draft): void {
  const balance = STRATEGIES.get(entry.text() ?? "");
  if (balance !== undefined) draft.balanceAll(balance);
  else entry.note("there is no such way to share the load; it is by weight, balance says others");
}

/** `{"gpt-4": "gpt-4o"}`, or `{"gpt-4": {"model": "gpt-4o", "hidden": true}}`. */
function readAliases(root: Entry, draft: Draft): void {
  const sections = ["router_settings", "litellm_settings"].flatMap((name) => root.get(name) ?? []);
  const all = sections.flatMap((section) => [
    ...section.membersAt("model_group_alias"),
    ...section.membersAt("model_alias_map"),
  ]);
  for (const [name, entry] of all) {
    const target = entry.node.kind === "mapping" ? entry.textAt("model") : entry.text();
    if (!draft.allows(name, entry)) continue;
    if (target === undefined || !draft.has(target)) {
      entry.note("no route of that model was carried over; add an alias for it by hand");
    } else if (draft.has(name)) {
      entry.note("there are deployments of that name too, which come first; remove one of the two");
    } else draft.copy(target, name);
  }
}

/** `[{"zephyr-beta": ["gpt-4o"]}, {"*": ["gpt-4o"]}]`. */
function readFallbacks(entries: readonly Entry[], draft: Draft): void {
  const all = entries.flatMap((entry) => entry.members());
  for (const [from, list] of all.filter(([from]) => from !== "*")) {
    for (const target of list.items()) addFallback(from, target, draft);
  }
  for (const [, list] of all.filter(([from]) => from === "*")) readDefaults(list.items(), draft);
}

function addFallback(from: string, target: Entry, draft: Draft): void {
  if (target.node.kind !== "scalar") {
    return target.note("only names of models can be fallen back to; write an alias for it by hand");
  }
  const to = target.text() ?? "";
  if (draft.has(from)) draft.fallback(from, to, target);
  else target.note("no route of the model it is for was carried over; add an alias by hand");
}

/** For every model that has none of its own. */
function readDefaults(targets: readonly Entry[], draft: Draft): void {
  const names = targets.map((target) => target.text() ?? "");
  const without = draft.aliasNames().filter((name) => !draft.hasFallback(name));
  for (const from of without.filter((name) => !names.includes(name))) {
    targets.forEach((target, index) => draft.fallback(from, names[index] ?? "", target));
  }
}

function readSettings(section: Entry, draft: Draft): void {
  const cooldown = section.get("cooldown_time");
  if (cooldown !== undefined) setCooldown(cooldown, draft);
  if (section.flagAt("disable_cooldowns") === true) draft.set({ cooldownSeconds: 0 });
  const most = countOf(section.get("global_max_parallel_requests"));
  if (most !== undefined) draft.set({ maxConcurrent: most });
  if (section.flagAt("set_verbose") === true) draft.set({ level: "debug" });
}

/** The router's counts more than the library's. */
function readTimeouts(sections: readonly Entry[], draft: Draft): void {
  const given = sections.flatMap((section) => {
    return ["timeout", "request_timeout"].flatMap((name) => section.get(name) ?? []);
  });
  const [first, ...others] = given;
  const seconds = secondsOf(first);
  if (seconds !== undefined) draft.set({ firstByteSeconds: seconds });
  others.forEach((entry) =>
    entry.note("another time-out counts more and is the one that was carried over")
  );
}

function setCooldown(entry: Entry, draft: Draft): void {
  if (entry.number() === 0) draft.set({ cooldownSeconds: 0 });
  else {
    const seconds = secondsOf(entry);
    if (seconds !== undefined) draft.set({ cooldownSeconds: seconds });
  }
}

function readVariables(root: Entry): void {
  for (const [, entry] of root.membersAt("environment_variables")) {
    entry.note(
      "variables come from the environment or from .env beside the configuration; " +
        "write NAME=value there where ${NAME} is used",
    );
  }
}
