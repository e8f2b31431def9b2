/** The settings of what is written down: logs, history, and who may look at them. */
import { resolve } from "node:path";
import { parseListen } from "./listen_address.ts";
import { proven } from "./parsed.ts";
import { parsePublicUrl } from "./public_url.ts";
import type { Config } from "./schema.ts";
import type { AdminSettings, HistorySettings, LoggingSettings } from "./snapshot.ts";

export function buildLogging(logging: Config["logging"], directory: string): LoggingSettings {
  return {
    level: logging.level,
    requestDir: absolute(logging.request_dir, directory),
    errorDir: absolute(logging.error_dir, directory),
    generalFile: absolute(logging.general_file, directory),
    redact: logging.redact,
    maxBodyBytes: Math.round(logging.max_body_kb * 1024),
    format: logging.format,
    retainMs: daysToMs(logging.retain_days),
    maxTotalBytes: logging.max_total_mb === 0 ? Infinity : logging.max_total_mb * 1024 * 1024,
  };
}

const ADMIN_LISTEN = "127.0.0.1:8081";

export function buildAdmin({ listen, token, public_url: url }: Config["admin"]): AdminSettings {
  const address = listen === "" ? undefined : proven(parseListen(listen ?? ADMIN_LISTEN));
  const settings = { listen: address, isWritten: listen !== undefined, token };
  return url === "" ? settings : { ...settings, publicUrl: proven(parsePublicUrl(url)) };
}

/** 0 is for ever. */
function daysToMs(days: number): number {
  return days === 0 ? Infinity : days * 24 * 60 * 60 * 1000;
}

/** Empty stays empty: it turns the file off. */
export function absolute(path: string, directory: string): string {
  return path === "" ? "" : resolve(directory, path);
}

export function buildHistory(history: Config["history"], directory: string): HistorySettings {
  return {
    file: absolute(history.file, directory),
    retainMs: daysToMs(history.retain_days),
  };
}
