/** The general log: start, reloads, routing, one summary line a request; to a file and the console. */
import type { LogRecord } from "@logtape/logtape";
import type { LogLevel, Snapshot } from "../config/snapshot.ts";
import { LineQueue } from "./line_queue.ts";
import { colouredLine, type FormatLine, jsonLine, textLine } from "./log_lines.ts";
import type { MainLoop } from "./main_loop.ts";
import { ownStream } from "./own_stream.ts";
import { appendPrivately } from "./private_file.ts";
import { plainLines } from "./plain_text.ts";
import { createRedactor, type Redactor } from "./redact.ts";

/** Figures beside a message, for `logging.format: json`. */
export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** What the rest of the program logs with. Messages are whole sentences for a person. */
export interface Log {
  debug(message: string): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string): void;
  /** Whether lines of a level are kept; for lines that cost something to word. */
  takes(level: LogLevel): boolean;
  /** Resolves when every line so far is written or lost. */
  flush(): Promise<void>;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export interface GeneralLogOptions {
  readonly now: () => Date;
  /** Writes text, which is whole lines with their line ends, to the console. */
  readonly console: (text: string) => Promise<void>;
  /** Whether the console is a terminal that shows colours. */
  readonly coloured?: boolean;
  /** Takes the lines in place of file and console; only where another event loop writes them. */
  readonly pass?: MainLoop["line"];
}

export class GeneralLog implements Log {
  readonly #now: () => Date;
  readonly #console: LineQueue;
  #file: { readonly path: string; readonly queue: LineQueue } | undefined;
  /** Files no longer written to, whose last lines are still on their way. */
  #leaving: Promise<unknown> = Promise.resolve();
  #fileFailing = false;
  #level: LogLevel = "info";
  #format: FormatLine = textLine;
  #consoleFormat: FormatLine = textLine;
  #redactor: Redactor = createRedactor({ enabled: true, secrets: [] });
  #dropped = 0;
  #showsFields = false;

  readonly #coloured: boolean;
  readonly #pass: MainLoop["line"] | undefined;

  constructor({ now, console, coloured = false, pass }: GeneralLogOptions) {
    this.#now = now;
    this.#pass = pass;
    this.#coloured = coloured;
    this.#console = this.#queueFor(
      (lines) => console(lines.join("")).catch(() => void (this.#dropped += lines.length)),
      () => this.#consoleFormat,
    );
  }

  /** Lines lost to slow or failing outputs since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes level, format, file and secrets from a snapshot; at the start and at each reload. */
  configure({ logging, secrets }: Snapshot): void {
    this.#level = logging.level;
    this.#format = logging.format === "json" ? jsonLine : textLine;
    this.#consoleFormat = this.#coloured && logging.format === "text" ? colouredLine : this.#format;
    this.#redactor = createRedactor({ enabled: logging.redact, secrets });
    // What another event loop shows of a line is not known here.
    this.#showsFields = this.#consoleFormat !== textLine || this.#pass !== undefined;
    if (this.#file?.path === logging.generalFile) return;
    const path = this.#pass === undefined ? logging.generalFile : "";
    this.#leaving = Promise.all([this.#leaving, this.#file?.queue.drain()]);
    this.#fileFailing = false;
    this.#file = path === ""
      ? undefined
      : { path, queue: this.#queueFor((lines) => this.#append(path, lines), () => this.#format) };
  }

  debug(message: string): void {
    this.#write("debug", message);
  }

  info(message: string, fields?: LogFields): void {
    this.#write("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write("warn", message, fields);
  }

  error(message: string): void {
    this.#write("error", message);
  }

  takes(level: LogLevel): boolean {
    return LEVELS.indexOf(level) >= LEVELS.indexOf(this.#level);
  }

  async flush(): Promise<void> {
    await this.#leaving;
    await this.#file?.queue.drain();
    await this.#console.drain();
  }

  #write(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (!this.takes(level)) return;
    const record = this.#record(level, message, fields);
    if (this.#pass === undefined) this.take(record);
    else if (!this.#pass(record)) this.#dropped++;
  }

  /** A line of another event loop, which has put it through its own level and redactor. */
  take(record: LogRecord): void {
    this.#console.add(this.#consoleFormat(record));
    this.#file?.queue.add(this.#format(record));
  }

  #record(level: LogLevel, message: string, fields: LogFields = {}): LogRecord {
    const masked = (text: string) => this.#redactor.text(text).text;
    const text = plainLines(masked(message));
    const shown = this.#showsFields ? Object.entries(fields) : [];
    const properties = shown.map(([name, value]) => {
      return [name, typeof value === "string" ? masked(value) : value];
    });
    return {
      category: ["llm-proxy"],
      level: level === "warn" ? "warning" : level,
      message: [text],
      rawMessage: text,
      timestamp: this.#now().getTime(),
      properties: Object.fromEntries(properties),
    };
  }

  /** A queue that drops new lines when it is full, and says how many once it moves again. */
  #queueFor(
    write: (lines: readonly string[]) => Promise<void>,
    format: () => FormatLine,
  ): LineQueue {
    return new LineQueue({
      write,
      onLost: () => void this.#dropped++,
      lostLine: (count) => {
        const words = "of this log were lost: they came faster than they could be written.";
        return format()(this.#record("warn", `${count} lines ${words}`));
      },
    });
  }

  /** Opens the file for each write, so that one deleted or rotated away is made again. */
  async #append(path: string, lines: readonly string[]): Promise<void> {
    try {
      await (ownStream(path) ?? appendPrivately)(path, lines.join(""));
      this.#fileFailing = false;
    } catch (cause) {
      this.#dropped += lines.length;
      this.#reportFailure(path, cause);
    }
  }

  #reportFailure(path: string, cause: unknown): void {
    if (this.#fileFailing) return;
    this.#fileFailing = true;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot write the general log ${path}: ${why}. Lines go to the console only.`;
    this.#console.add(this.#consoleFormat(this.#record("warn", message)));
  }
}
