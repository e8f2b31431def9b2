/** The commands, and what each takes besides `-help` and `-version`. */
import { DRILL_KINDS, LONGEST_DRILL_MS } from "../state/drills.ts";

export interface FlagValues {
  readonly config?: string;
  readonly once?: boolean;
  readonly json?: boolean;
  readonly kind?: string;
  readonly seconds?: string;
  readonly backend?: string;
  readonly curl?: boolean;
  readonly from?: string;
  readonly admin?: string;
  readonly "token-file"?: string;
  readonly dialect?: string;
  readonly id?: string;
  readonly yes?: boolean;
  readonly live?: boolean;
}

export interface CommandForm {
  readonly flags: readonly (keyof FlagValues)[];
  /** Names of the arguments that must follow. */
  readonly needs: readonly string[];
  /** How many more may. */
  readonly more: number;
  /** What is wrong with them, for a person. */
  readonly fault: (args: readonly string[], flags: FlagValues) => string | undefined;
}

/** The service managers that a file can be written for. */
export const SERVICE_KINDS = ["systemd", "launchd", "windows"] as const;

const PLAIN: CommandForm = { flags: ["config"], needs: [], more: 0, fault: () => undefined };
const LIVE: CommandForm = {
  ...PLAIN,
  flags: ["config", "json", "admin", "token-file"],
  fault: (_, flags) => twoPlaces(flags),
};

export const COMMANDS = {
  run: PLAIN,
  check: { ...PLAIN, flags: ["config", "live", "json"], fault: checkFault },
  init: { ...PLAIN, flags: ["config", "yes"] },
  schema: { ...PLAIN, flags: [] },
  service: { ...PLAIN, needs: [SERVICE_KINDS.join("|")], fault: serviceFault },
  health: { ...PLAIN, flags: ["config", "json"] },
  demo: { ...PLAIN, flags: ["once"] },
  import: { ...PLAIN, needs: ["FILE"], flags: ["config", "from"], fault: importFault },
  explain: { ...LIVE, flags: [...LIVE.flags, "dialect", "id"], more: 1, fault: explainFault },
  cooldowns: { ...LIVE, more: 2, fault: cooldownsFault },
  drill: {
    ...LIVE,
    needs: ["BACKEND"],
    flags: [...LIVE.flags, "kind", "seconds"],
    fault: drillFault,
  },
  replay: { ...PLAIN, needs: ["FILE or ID"], flags: ["config", "backend", "curl"] },
} as const satisfies Readonly<Record<string, CommandForm>>;

/** A token that one file holds must not go to a port that something else names. */
function twoPlaces({ config, admin }: FlagValues): string | undefined {
  if (admin === undefined || config === undefined) return undefined;
  return "-admin and -config both say where to ask: give one of them";
}

const SOURCES = ["litellm", "ccr", "new-api", "one-api", "cliproxyapi"];

function importFault(_: readonly string[], { from }: FlagValues): string | undefined {
  if (from === undefined || SOURCES.includes(from)) return undefined;
  return `-from must be ${SOURCES.join("|")}, not ${JSON.stringify(from)}`;
}

const DIALECTS = ["openai", "anthropic", "gemini", "azure"];

function explainFault([model]: readonly string[], flags: FlagValues): string | undefined {
  const { dialect, id } = flags;
  if (id === undefined && model === undefined) return "explain needs MODEL";
  if (id !== undefined && (model ?? dialect) !== undefined) {
    return "explain takes MODEL or -id, and -id takes no -dialect: the request says them";
  }
  if (dialect === undefined || DIALECTS.includes(dialect)) return twoPlaces(flags);
  return `-dialect must be ${DIALECTS.join("|")}, not ${JSON.stringify(dialect)}`;
}

function checkFault(_: readonly string[], { live, json }: FlagValues): string | undefined {
  return json && !live ? "check takes -json with -live alone" : undefined;
}

function serviceFault([kind = ""]: readonly string[]): string | undefined {
  if (SERVICE_KINDS.some((known) => known === kind)) return undefined;
  return `service takes ${SERVICE_KINDS.join("|")}, not ${JSON.stringify(kind)}`;
}

function cooldownsFault([action]: readonly string[], flags: FlagValues): string | undefined {
  if (action === undefined || action === "clear") return twoPlaces(flags);
  return `cooldowns takes "clear" or nothing, not ${JSON.stringify(action)}`;
}

function drillFault(_: readonly string[], flags: FlagValues): string | undefined {
  const { kind, seconds } = flags;
  const longest = LONGEST_DRILL_MS / 1000;
  const span = seconds === undefined ? undefined : Number(seconds);
  if (span !== undefined && !(seconds?.trim() !== "" && span >= 0 && span <= longest)) {
    return `-seconds must be a number from 0 to ${longest}, not ${JSON.stringify(seconds)}`;
  }
  if (span === 0 && kind === undefined) return twoPlaces(flags);
  if (DRILL_KINDS.some((known) => known === kind)) return twoPlaces(flags);
  const given = kind === undefined ? "" : `, not ${JSON.stringify(kind)}`;
  return `drill needs -kind ${DRILL_KINDS.join("|")}${given}`;
}
