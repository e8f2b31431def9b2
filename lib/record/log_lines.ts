/** How a line of the general log is written: for people, in colours on a terminal, or for programs. */
import { getTextFormatter, type LogRecord } from "@logtape/logtape";

export type FormatLine = (record: LogRecord) => string;

/** `2026-01-01T00:00:00.000Z WARN  message`. */
export const textLine: FormatLine = getTextFormatter({
  timestamp: (ms) => new Date(ms).toISOString(),
  level: (level) => levelWord(level).toUpperCase().padEnd(5),
  format: ({ timestamp, level, message }) => `${timestamp} ${level} ${message}`,
});

/** The same with the time faint, and the level and a request's status in their colours. */
export function colouredLine(record: LogRecord): string {
  const [, time = "", level = "", message = ""] = /^(\S+) (\S+ *)(.*)$/s.exec(textLine(record)) ??
    [];
  const { status } = record.properties;
  const told = typeof status === "number"
    ? message.replace(` ${status}`, ` ${painted(statusColour(status), `${status}`)}`)
    : message;
  return `${painted(FAINT, time)} ${painted(levelColour(level), level)}${told}`;
}

/** One JSON object a line: time, level, message, and of a request its figures. */
export function jsonLine({ timestamp, level, message, properties }: LogRecord): string {
  const time = new Date(timestamp).toISOString();
  const line = { time, level: levelWord(level), message: message.join(""), ...properties };
  return `${JSON.stringify(line)}\n`;
}

function levelWord(level: string): string {
  return level === "warning" ? "warn" : level;
}

const PLAIN = 0;
const FAINT = 2;
const RED = 31;
const GREEN = 32;
const YELLOW = 33;

function levelColour(level: string): number {
  if (level.startsWith("ERROR")) return RED;
  if (level.startsWith("WARN")) return YELLOW;
  return level.startsWith("DEBUG") ? FAINT : PLAIN;
}

function statusColour(status: number): number {
  if (status < 400) return GREEN;
  return status < 500 ? YELLOW : RED;
}

function painted(colour: number, text: string): string {
  return colour === PLAIN ? text : `\x1b[${colour}m${text}\x1b[0m`;
}
