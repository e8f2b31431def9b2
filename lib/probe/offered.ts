/** The models that a backend lists, and those of them that no alias leads to. */
import type { Alias, Backend } from "../config/snapshot.ts";
import { dialectOf } from "../dialect/dialect.ts";
import { objectOf, objectsIn, parseJson } from "../dialect/json_object.ts";
import { bareName } from "../policy/error_class.ts";
import { attempt } from "../wire/attempt.ts";
import type { Reply } from "../wire/outcome.ts";
import { outgoing } from "../wire/outgoing.ts";
import { NO_READING } from "../wire/reading.ts";
import { concat } from "../wire/receive.ts";
import { type Asking, keyFor, lacksKey, Patience, receivedOf } from "./asking.ts";
import type { FormName } from "./form.ts";

export interface Offer {
  readonly backend: string;
  /** What it lists; undefined where it lists nothing that can be read. */
  readonly models: readonly string[] | undefined;
  /** Those of them that no alias leads to. */
  readonly unused: readonly string[];
  /** Why there is no list, for a person; empty where there is one. Not yet masked. */
  readonly why: string;
}

/** Lists have no more. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Whether a backend is asked at all. */
export function listsModels(
  { backend, form }: { readonly backend: Backend; readonly form: FormName },
  asking: Pick<Asking, "callersKey">,
): boolean {
  return form !== "azure" && !lacksKey(backend, asking);
}

/** Asks a backend for its list, in the format that its routes are asked in. */
export async function offerOf(
  backend: Backend,
  options: Asking & { readonly form: FormName; readonly aliases: Iterable<Alias> },
): Promise<Offer> {
  const none = (why: string) => ({ backend: backend.name, models: undefined, unused: [], why });
  if (options.form === "azure") return none("Azure lists models, and not what is deployed");
  if (!listsModels({ ...options, backend }, options)) return none("it is not asked without a key");
  if (options.stop.aborted) return none("not asked");
  using patience = new Patience(options);
  const listed = await listOf(backend, { ...options, patience });
  if (typeof listed === "string") return none(listed);
  const used = new Set(usedOf(backend, options.aliases).map(bareName));
  const unused = listed.filter((model) => !used.has(bareName(model)));
  return { backend: backend.name, models: listed, unused, why: "" };
}

function usedOf(backend: Backend, aliases: Iterable<Alias>): readonly string[] {
  return [...aliases].flatMap(({ routes }) => routes)
    .filter((route) => route.backend.name === backend.name).map(({ model }) => model);
}

/** The names in it, or why there is none. */
async function listOf(
  backend: Backend,
  options: Asking & { readonly form: FormName; readonly patience: Patience },
): Promise<readonly string[] | string> {
  const { form, patience: { departure }, pools } = options;
  const headers = form === "anthropic" ? [["anthropic-version", "2023-06-01"] as const] : [];
  const query = form === "anthropic" ? "?limit=1000" : form === "gemini" ? "?pageSize=1000" : "";
  const target = `${form === "gemini" ? "/v1beta" : "/v1"}/models${query}`;
  const received = await receivedOf({ method: "GET", target, headers, body: "" });
  const invented = { model: "", priority: 1, weight: 1, enabled: true, isInvented: true };
  const request = await outgoing(received, {
    route: { ...invented, backend },
    key: keyFor(backend, options),
    places: [],
    dialect: dialectOf(received.path, received.headers),
    keyPlace: undefined,
  });
  const outcome = await attempt(request, {
    connections: pools.for(backend),
    timeouts: backend.timeouts,
    streamed: true,
    upgrade: false,
    mayCreate: false,
    expects: undefined,
    reading: NO_READING,
    signal: departure,
  });
  if (outcome.kind === "fault") return `${outcome.code} (${outcome.detail})`;
  if (outcome.status >= 300) {
    outcome.body.discard();
    return `status ${outcome.status}`;
  }
  return namesIn(await wholeOf(outcome, departure)) ?? "what came is no list of models";
}

async function wholeOf({ body }: Reply, departure: Patience["departure"]): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const end = () => body.discard();
  departure.addEventListener("abort", end);
  while (!departure.aborted && bytes < MOST_BYTES) {
    const chunk = await body.read();
    if (chunk === undefined) break;
    chunks.push(chunk);
    bytes += chunk.length;
  }
  departure.removeEventListener("abort", end);
  if (bytes >= MOST_BYTES) body.discard();
  return new TextDecoder().decode(concat(chunks, bytes));
}

/** OpenAI's and Anthropic's `data`, Gemini's `models`; undefined where it is neither. */
function namesIn(text: string): readonly string[] | undefined {
  const value = parseJson(text);
  const { data, models } = Array.isArray(value)
    ? { data: value, models: undefined }
    : objectOf(value);
  const list = Array.isArray(data) ? data : models;
  if (!Array.isArray(list)) return undefined;
  const names = objectsIn(list).map(({ id, name }) => typeof id === "string" ? id : name)
    .filter((name): name is string => typeof name === "string" && name !== "");
  return [...new Set(names.map((name) => name.replace(/^models\//, "")))].sort();
}
