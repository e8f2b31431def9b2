import { ALIAS, MODEL } from "../upstream/scripts.ts";

export interface OurConfig {
  readonly backendPort: number;
  /** The file of its root, where it is spoken TLS to. */
  readonly backendRoot?: string | undefined;
  /** none, as nginx with `access_log off` (the default) · requests: a file each · default: every one */
  readonly logs?: "none" | "requests" | "default";
  /** How many aliases there are, {@link ALIAS} the last of them. Default 1. */
  readonly aliases?: number;
  /** Event loops; not written where undefined. */
  readonly workers?: number;
}

const NOTHING_ELSE = `history: { file: "" }
admin: { listen: "" }
`;

const LOGS = {
  none: `logging: { level: warn, request_dir: "", error_dir: "", general_file: "" }
${NOTHING_ELSE}`,
  requests: `logging: { level: warn, general_file: "" }
${NOTHING_ELSE}`,
  // A port of its own, so that two can run at a time.
  default: `admin: { listen: "127.0.0.1:0" }
`,
};

/** The configuration of a proxy of ours, as YAML. */
export function ourConfig(config: OurConfig): string {
  const { logs = "none", aliases = 1, workers } = config;
  const others = Array.from({ length: aliases - 1 }, (_, index) => alias(`alias-${index}`));
  return `listen: "127.0.0.1:0"
backends: [{ name: scripted, ${reached(config)} }]
models:
${[...others, alias(ALIAS)].join("")}${LOGS[logs]}${
    workers === undefined ? "" : `workers: ${workers}\n`
  }`;
}

function reached({ backendPort, backendRoot }: OurConfig): string {
  const authority = `127.0.0.1:${backendPort}/v1`;
  return backendRoot === undefined
    ? `url: "http://${authority}"`
    : `url: "https://${authority}", ca: "${backendRoot}"`;
}

function alias(name: string): string {
  return `  ${name}: [{ backend: scripted, model: ${MODEL} }]\n`;
}
