/** What the dashboard changes: cooldowns, and routes that are put out of use until a restart. */
import { plainStart } from "../record/plain_text.ts";
import { placeOf, type Subject } from "../state/subjects.ts";
import type { CallerResponse } from "../wire/caller_response.ts";
import { jsonAnswer } from "../wire/own_answer.ts";
import { problem } from "./answers.ts";
import type { AdminContext } from "./context.ts";
import { subjectOfId } from "./cooldown_view.ts";

/** `{ "id": … }` of one cooldown, `{ "all": true }`, or `{ "backend": … }` for all of one backend's. */
export function clearCooldowns(body: unknown, context: AdminContext): CallerResponse {
  const { id, all, backend } = fieldsOf(body);
  if (typeof id === "string") return clearOne(id, context);
  if (all !== true && typeof backend !== "string") {
    return unclear('the id of one cooldown, a backend, or "all": true');
  }
  const { health, log } = context.state;
  const chosen = health.cooldowns().filter(({ subject }) => {
    return all === true || JSON.parse(subject)[1] === backend;
  });
  const cleared = chosen.filter(({ subject }) => health.clearCooldown(subject)).length;
  const whose = all === true ? "" : ` of ${JSON.stringify(backend)}`;
  log.info(`Cooldowns${whose} were cleared on the admin port: ${cleared} of them.`);
  return jsonAnswer({ cleared });
}

function clearOne(id: string, context: AdminContext): CallerResponse {
  const subject = subjectOfId(id, context);
  if (subject === undefined || !context.state.health.clearCooldown(subject)) {
    const message = "That cooldown is over already.";
    return problem({ status: 404, code: "no_such_cooldown", message });
  }
  context.state.log.info(`The cooldown of ${nameOf(subject)} was cleared on the admin port.`);
  return jsonAnswer({ cleared: 1 });
}

/** What cools, in words and without a key. */
function nameOf(subject: Subject): string {
  const { scope, backend, rest } = placeOf(subject);
  if (scope === "route") return `${backend} (${plainStart(rest)})`;
  return scope === "backend"
    ? backend
    : `${scope === "key" ? "a key" : "a caller's key"} of ${backend}`;
}

/** `{ "backend": …, "model": … }` of a route that is configured. */
export function switchRoute(
  body: unknown,
  { turn, context }: { readonly turn: "off" | "on"; readonly context: AdminContext },
): CallerResponse {
  const { backend, model } = fieldsOf(body);
  const routes = [...context.current().aliases.values()].flatMap((alias) => alias.routes);
  const route = routes.find((each) => each.backend.name === backend && each.model === model);
  if (route === undefined) {
    const message = "No alias leads to that model of that backend.";
    return problem({ status: 404, code: "no_such_route", message });
  }
  const { health: { outOfUse }, log } = context.state;
  const changed = turn === "off" ? outOfUse.add(route) : outOfUse.delete(route);
  const words = turn === "off" ? "put out of use until a restart" : "put back into use";
  if (changed) log.warn(`${route.backend.name} (${route.model}): ${words}, on the admin port.`);
  return jsonAnswer({ changed });
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === "object" && body !== null ? { ...body } : {};
}

function unclear(wanted: string): CallerResponse {
  const message = `The body must be a JSON object with ${wanted}.`;
  return problem({ status: 400, code: "invalid_body", message });
}
