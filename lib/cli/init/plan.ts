/** Which aliases the clients need, and which backends answer each. */
import type { Answers, ChosenProvider } from "./answers.ts";
import { ALIASES, type AliasNeed, type Client, SDK } from "./clients.ts";
import type { Endpoint, Format } from "./providers.ts";

export interface PlannedRoute {
  readonly backend: string;
  readonly model: string;
}

export interface PlannedAlias {
  readonly name: string;
  /** The names of those who ask for it. */
  readonly clients: readonly string[];
  /** In the order in which they are tried. */
  readonly routes: readonly PlannedRoute[];
}

export interface Plan {
  readonly backends: readonly PlannedBackend[];
  readonly aliases: readonly PlannedAlias[];
  /** What is called in each format, the first of them. */
  readonly alias: (format: Format) => string | undefined;
  /** The clients that none of the providers can answer. */
  readonly unserved: readonly Client[];
  /** Those that are answered; an SDK where no client is. */
  readonly served: readonly Client[];
}

export interface PlannedBackend {
  readonly name: string;
  readonly of: ChosenProvider;
  readonly endpoint: Endpoint;
}

const FORMATS: readonly Format[] = ["messages", "chat", "responses", "gemini"];

export function planFor({ providers, clients }: Answers): Plan {
  const endpoints = providers.flatMap((of) =>
    of.endpoints.map((endpoint) => ({ name: of.id + endpoint.suffix, of, endpoint }))
  );
  const speaking = (format: Format) =>
    endpoints.filter(({ endpoint }) => endpoint.formats.includes(format));
  const canServe = ({ formats }: Client) => formats.some((format) => speaking(format).length > 0);
  const able = clients.filter(canServe);
  const served = able.length > 0 ? able : [SDK];
  const wanted = FORMATS.filter((format) =>
    speaking(format).length > 0 && served.some(({ formats }) => formats.includes(format))
  );
  const needs = (format: Format) => needsOf(format, wanted, speaking);
  const asking = (name: string) =>
    served.filter(({ formats }) =>
      wanted.some((format) =>
        formats.includes(format) && needs(format).some((need) => need.name === name)
      )
    ).map((client) => client.name);
  const aliases = new Map(
    wanted.flatMap((format) =>
      needs(format).map((need): [string, PlannedAlias] => [need.name, {
        name: need.name,
        clients: asking(need.name),
        routes: speaking(format).map((backend) => routeTo(backend, need)),
      }])
    ),
  );
  return {
    backends: endpoints.filter(({ endpoint }) => endpoint.formats.some((f) => wanted.includes(f))),
    aliases: [...aliases.values()],
    alias: (format) => wanted.includes(format) ? needs(format)[0]?.name : undefined,
    unserved: clients.filter((client) => !canServe(client)),
    served,
  };
}

/** A call of the Responses API must not reach a backend that only chats: then it has an alias of its own. */
function needsOf(
  format: Format,
  wanted: readonly Format[],
  speaking: (format: Format) => readonly PlannedBackend[],
): readonly AliasNeed[] {
  if (format !== "responses" || !wanted.includes("chat")) return ALIASES[format];
  const isShared = speaking("chat").every((backend) => speaking("responses").includes(backend));
  return isShared ? ALIASES.responses : [{ name: "gpt-responses", model: "main" }];
}

function routeTo({ name, of }: PlannedBackend, { model }: AliasNeed): PlannedRoute {
  const { claude, gemini } = of.provider.models;
  const named = model === "main" ? undefined : model === "gemini" ? gemini : claude?.[model];
  return { backend: name, model: named ?? of.model };
}
