/** LiteLLM's config.yaml: https://docs.litellm.ai/docs/proxy/configs */
import { Draft } from "./draft.ts";
import { nameInLine } from "../config/problem.ts";
import { type Entry, LEFT_OUT } from "./entry.ts";
import { namedModel, type Provider, PROVIDERS } from "./litellm_providers.ts";
import { readRouter } from "./litellm_router.ts";
import { isVariableName, literal, type Text, variable, type Written } from "./model.ts";
import { countOf, headerTexts, keyOf, keyText, proxyText, secondsOf, urlText } from "./parts.ts";

const REFERENCE = /^os\.environ\/(.+)$/;

/** `os.environ/NAME` as `${NAME}`. */
function refer(text: string): Written | undefined {
  const [, name = ""] = REFERENCE.exec(text) ?? [];
  return isVariableName(name) ? variable(name) : undefined;
}

/** What the configuration means. Port 4000 is LiteLLM's own. */
export function readLitellm(root: Entry): Draft {
  const draft = new Draft();
  draft.listen = { host: "", port: 4000 };
  const credentials = credentialsOf(root);
  const deployments = root.itemsAt("model_list").map((entry) => deploymentOf(entry, credentials));
  for (const deployment of deployments) {
    if (deployment !== undefined) addDeployment(draft, deployment);
  }
  readRouter(root, draft);
  const master = root.get("general_settings")?.get("master_key");
  const key = master === undefined
    ? undefined
    : keyText(master, { refer, wanted: "LITELLM_MASTER_KEY" });
  if (master !== undefined && key !== undefined) draft.client("master", key, master);
  return draft;
}

type Credentials = ReadonlyMap<string, Entry>;

function credentialsOf(root: Entry): Credentials {
  return new Map(
    root.itemsAt("credential_list").flatMap((entry) => {
      const [name, values] = [entry.textAt("credential_name"), entry.get("credential_values")];
      return name === undefined || values === undefined ? [] : [[name, values] as const];
    }),
  );
}

interface Deployment {
  readonly entry: Entry;
  readonly name: string;
  readonly params: Entry;
  readonly provider: Provider;
  readonly providerName: string;
  readonly model: string;
  /** A parameter, or what the credential has of it. */
  readonly get: (name: string) => Entry | undefined;
}

const ANOTHER_PROTOCOL =
  "is of a provider that is called in a protocol, or with signatures, of its own, and formats are not translated " +
  "here; leave it out, or name a gateway that speaks OpenAI's, Anthropic's or Gemini's format";

function deploymentOf(entry: Entry, credentials: Credentials): Deployment | undefined {
  const [name, params] = [entry.textAt("model_name"), entry.get("litellm_params")];
  const model = params?.get("model");
  if (name === undefined || params === undefined || model === undefined) {
    entry.note("has no model_name, or no model in litellm_params; add what it stands for by hand");
    return undefined;
  }
  const text = model.text() ?? "";
  const named = namedModel(text, params.textAt("custom_llm_provider"));
  const provider = PROVIDERS.get(named?.provider ?? "");
  if (named === undefined || provider === undefined || named.model === "") {
    const why = named === undefined ? UNKNOWN_PROVIDER : ANOTHER_PROTOCOL;
    entry.note(`${nameInLine(text)} ${why}`);
    return undefined;
  }
  const common = credentials.get(params.textAt("litellm_credential_name") ?? "");
  const get = (key: string) => params.get(key) ?? common?.get(key);
  return { entry, name, params, provider, providerName: named.provider, model: named.model, get };
}

const UNKNOWN_PROVIDER = "is of no provider that is known here; " +
  "add its backend and route by hand";

function addDeployment(draft: Draft, deployment: Deployment): void {
  const { entry, name, model, get } = deployment;
  const isWildcard = name.includes("*") || model.includes("*");
  const takesAll = name === "*" && model === "*" && draft.defaultBackend === undefined;
  if (isWildcard && !takesAll) {
    entry.note(WILDCARD);
    return;
  }
  if (!draft.allows(name, entry)) return;
  const backend = backendOf(draft, deployment);
  if (backend === undefined) return entry.note(LEFT_OUT);
  if (takesAll) {
    draft.defaultBackend = backend;
    return;
  }
  const order = get("order")?.number();
  const weights = ["weight", "rpm", "tpm"].map((key) => limitOf(deployment, key));
  draft.route(name, {
    backend,
    model,
    rank: order ?? Number.MAX_SAFE_INTEGER,
    weight: weights.find((weight) => weight !== undefined),
  });
}

const WILDCARD =
  "a name with * stands for many models, and an alias here is one name; write an alias for each model that " +
  "is called, or default_backend, which takes every other name unchanged";

/** LiteLLM picks by weight, else by rpm, else by tpm; as limits they are not kept here. */
function limitOf({ get, entry }: Deployment, key: string): number | undefined {
  const found = get(key) ?? entry.get(key);
  const value = found?.number();
  if (found !== undefined && value !== undefined && key !== "weight") {
    found.use();
    found.notes.addOnce(
      found,
      "carried over as a share of the load only: there are no limits a minute here; " +
        "max_concurrent of a backend is the nearest",
    );
  }
  return value;
}

function backendOf(draft: Draft, deployment: Deployment): string | undefined {
  const { provider, providerName, get, params } = deployment;
  const url = baseOf(deployment);
  if (url === undefined) return undefined;
  const name = nameFor(providerName, url);
  const given = get("api_key");
  const own = given === undefined
    ? undefined
    : keyText(given, { refer, wanted: `${name}_API_KEY` });
  const byDefault = provider.keyVariable === undefined ? undefined : variable(provider.keyVariable);
  const key = own ?? (given === undefined ? byDefault : undefined);
  const organization = get("organization");
  return draft.backend({
    name,
    url,
    keys: key === undefined ? [] : [key],
    dialects: provider.dialects,
    enabled: true,
    proxy: proxyText(params.get("proxy"), name),
    headers: [
      ...headerTexts(get("extra_headers"), { refer, wanted: name }),
      ...organizationHeader(organization),
    ],
    maxConcurrent: countOf(get("max_parallel_requests")) ?? 0,
    firstByteSeconds: secondsOf(get("timeout")),
  });
}

function organizationHeader(entry: Entry | undefined): readonly (readonly [string, Text])[] {
  if (entry === undefined) return [];
  if (entry.node.kind === "list") {
    entry.note("one backend has one organization; write a backend for each, with its header");
    return [];
  }
  const value = keyOf(entry.text() ?? "", { entry, refer, wanted: "OPENAI_ORGANIZATION" });
  if (value === undefined) return [];
  return [["OpenAI-Organization", value.kind === "secret" ? literal(value.value) : value]];
}

function baseOf({ get, provider, entry }: Deployment): Text | undefined {
  const given = get("api_base") ?? get("base_url");
  if (given === undefined) {
    if (provider.url !== undefined) return literal(provider.url);
    entry.note("has no api_base, and this provider has no address of its own; add it by hand");
    return undefined;
  }
  const base = urlText(given, { refer, below: provider.below });
  if (
    base?.kind !== "written" || provider.below === "" || refer(given.text() ?? "") === undefined
  ) {
    return base;
  }
  // Nobody knows what the variable holds: as in LiteLLM's examples, a host.
  return { kind: "written", text: base.text + provider.below };
}

/** By the provider, and by the host where it is not the provider's own. */
function nameFor(provider: string, url: Text): string {
  const own = PROVIDERS.get(provider)?.url;
  if (url.kind === "written" && url.text === own) return provider;
  const text = url.kind === "written" ? url.text : "";
  const host = URL.canParse(text)
    ? new URL(text).hostname
    : text.replace(/[${}]|\/.*$/g, "").toLowerCase();
  return `${provider}-${host.split(".")[0] ?? ""}`;
}
