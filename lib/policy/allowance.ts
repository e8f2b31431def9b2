/** Who may call, and what: the answers to those who may not. */
import type { KnownCaller } from "../config/snapshot.ts";
import type { Problem } from "../dialect/dialect.ts";

/** Whether a caller may call a model by this name; everybody may where there are no callers to know. */
export function mayUse(caller: KnownCaller | undefined, name: string): boolean {
  const models = caller?.models;
  return models === undefined || models.some(({ matches }) => matches(name));
}

/** Whether it may make calls that name no model, which may touch any: files, batches, jobs. */
export function mayCallWithoutModel(caller: KnownCaller | undefined): boolean {
  const models = caller?.models;
  return models === undefined || models.some(({ source }) => source === "*");
}

/** The answer to a request without a key, or with none that is known. */
export function unknownCaller(presentsOne: boolean): Problem {
  const [code, what] = presentsOne
    ? ["unknown_key", "The key of this request is none of this proxy's."]
    : ["missing_key", "This proxy wants a key, and the request has none."];
  const fix =
    "Send the key of one of the configuration's clients as Authorization: Bearer, x-api-key, " +
    "x-goog-api-key, api-key or ?key=.";
  return { status: 401, code, message: `${what} ${fix}` };
}

/** The answer to a caller that may not use the model it names. */
export function modelNotAllowed({ name, models }: KnownCaller, model: string): Problem {
  const what = `The caller ${JSON.stringify(name)} may not use the model ${JSON.stringify(model)}`;
  return forbidden(`${what}: "models" of its entry in clients allows ${listed(models)}.`);
}

/** The answer to a caller that may only use some models and names none. */
export function modelWanted({ name, models }: KnownCaller, call: string): Problem {
  const what = `${call} names no model, and the caller ${JSON.stringify(name)} may only use some`;
  return forbidden(
    `${what} (${
      listed(models)
    }). Name one of them, or put "*" into "models" of its entry in clients.`,
  );
}

function forbidden(message: string): Problem {
  return { status: 403, code: "model_not_allowed", message };
}

function listed(models: KnownCaller["models"] = []): string {
  return models.map(({ source }) => JSON.stringify(source)).join(", ") || "none";
}
