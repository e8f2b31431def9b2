/** The configuration that `init` writes, with a word on each part. */
import type { Answers, ChosenProvider } from "./answers.ts";
import type { Plan, PlannedAlias, PlannedBackend } from "./plan.ts";
import type { Endpoint } from "./providers.ts";

/** Where the proxy listens: on this machine alone, since it holds the keys. */
export const LISTEN = "127.0.0.1:8080";

/** What an editor checks the configuration with: the first line names it, as the example's does. */
export const SCHEMA_NAME = "config.schema.json";

/** Where the key is to be read from is said in every case; a missing one is told by `check`. */
const PUT_IT = "put-your-key-into-.env";

/** The schema is written beside it. */
export function configText(plan: Plan): string {
  return `# yaml-language-server: $schema=./${SCHEMA_NAME}
# The configuration of llm-proxy, written by "llm-proxy init". Save it while the proxy runs: the next request
# uses it, and a mistake changes nothing. "llm-proxy check" proves it. Every other key has a default;
# config.example.yaml shows them all, and so does "llm-proxy schema".

# This machine only, since the proxy sends your keys. To let others in, write "clients" first: who may call.
listen: "${LISTEN}"

# The APIs that requests can go to. \${NAME} comes from the environment, or from .env beside this file.
backends:
${plan.backends.map(backendText).join("\n")}
# The names that callers use for models, and where each leads: the smallest priority is tried first; when it
# fails, the next one answers within the same request.
models:
${plan.aliases.map(aliasText).join("\n")}`;
}

function backendText({ name, of, endpoint }: PlannedBackend): string {
  const { provider } = of;
  const url = endpoint.url ?? of.url ?? "";
  const lines = [
    `  # ${provider.name}. Models: ${provider.page}`,
    `  - name: ${quoted(name)}`,
    `    url: ${quoted(url)}`,
    // Without it the key stays where the caller's was, for addresses that take several formats.
    ...(endpoint.dialect === "auto" ? [] : [`    dialect: ${dialectText(endpoint.dialect)}`]),
    ...keyLines(of),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function dialectText(dialect: Endpoint["dialect"]): string {
  if (typeof dialect === "string") return quoted(dialect);
  const [only, ...more] = dialect.map(quoted);
  return more.length === 0 ? only ?? quoted("auto") : `[${[only, ...more].join(", ")}]`;
}

function keyLines({ key, variable }: ChosenProvider): readonly string[] {
  switch (key.kind) {
    case "none":
      return ["    # It needs no key: what a caller sends as one is passed on."];
    case "later":
      return [
        '    auth: "inject"',
        `    # No key yet: write ${variable}=... into .env.`,
        `    api_key: "\${${variable}:-${PUT_IT}}"`,
      ];
    case "given":
    case "known":
      return ['    auth: "inject"', `    api_key: "\${${variable}}"`];
  }
}

function aliasText({ name, clients, routes }: PlannedAlias): string {
  const lines = routes.map(({ backend, model }, index) => {
    const priority = index === 0 ? "" : `, priority: ${index + 1}`;
    return `    - { backend: ${quoted(backend)}, model: ${quoted(model)}${priority} }\n`;
  });
  return `  # For ${clients.join(", ")}.\n  ${quoted(name)}:\n${lines.join("")}`;
}

/** As YAML, with nothing in it that is replaced. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll("${", () => "$${"));
}

/** What `.env` is to hold: a line for each key, those that are missing as comments. */
export function envLines({ providers }: Answers): readonly EnvEntry[] {
  return providers.flatMap(({ provider, variable, key }) => {
    if (key.kind === "given") return [{ name: variable, line: `${variable}='${key.value}'` }];
    if (key.kind === "later") {
      return [{ name: variable, line: `# ${variable}=    # your key for ${provider.name}` }];
    }
    return [];
  });
}

export interface EnvEntry {
  readonly name: string;
  readonly line: string;
}
