/** A call that nobody could answer, because formats are never translated. */
import type { Problem } from "../dialect/dialect.ts";
import type { Call } from "./identify.ts";
import type { Plan } from "./plan.ts";

/** The answer where every route in use was passed over for its format; undefined where one is left. */
export function misfit({ routes, skipped }: Plan, { alias, dialect }: Call): Problem | undefined {
  const others = skipped.filter(({ cause }) => cause === "format");
  if (routes.length > 0 || others.length === 0) return undefined;
  const what = `${JSON.stringify(alias.name)} has no backend for calls in ${dialect.name}'s format`;
  const told = others.map(({ route: { backend, model }, reason }) => {
    return `${backend.name} (${model}): ${reason}`;
  });
  const fix =
    "Formats are not translated: call it in one that a backend takes, or let a backend take this one (dialect).";
  return { status: 400, code: "format_not_taken", message: `${what}: ${told.join("; ")}. ${fix}` };
}
