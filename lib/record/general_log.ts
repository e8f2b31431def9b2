/** The general log: start, reloads, routing, one summary line a request; to a file and the console. */
import type { LogRecord } from "@logtape/logtape";
import type { LogLevel, Snapshot } from "../config/snapshot.ts";
import { GeneralLogFile } from "./general_log_file.ts";
import type { Finding, KeptFile } from "./kept_files.ts";
import { LineQueue } from "./line_queue.ts";
import { colouredLine, type FormatLine, jsonLine, textLine } from "./log_lines.ts";
import type { MainLoop } from "./main_loop.ts";
import { plainLines } from "./plain_text.ts";
import type { Unwritten } from "./unwritten.ts";
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
  /** Files that the program reads or keeps for something else: no line is ever written to one of them. */
  readonly others?: (snapshot: Snapshot) => readonly string[];
}

export class GeneralLog implements Log, KeptFile {
  readonly #now: () => Date;
  readonly #console: LineQueue;
  #file: { readonly to: GeneralLogFile; readonly queue: LineQueue } | undefined;
  /** Files no longer written to, whose last lines are still on their way. */
  #leaving: Promise<unknown> = Promise.resolve();
  #level: LogLevel = "info";
  #format: FormatLine = textLine;
  #consoleFormat: FormatLine = textLine;
  #redactor: Redactor = createRedactor({ enabled: true, secrets: [] });
  #dropped = 0;
  #showsFields = false;

  readonly #coloured: boolean;
  readonly #pass: MainLoop["line"] | undefined;
  readonly #others: NonNullable<GeneralLogOptions["others"]>;

  constructor({ now, console, coloured = false, pass, others }: GeneralLogOptions) {
    this.#others = others ?? (() => []);
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

  /** Lines that the file has not taken; undefined for none. */
  get unwritten(): Unwritten | undefined {
    return this.#file?.to.unwritten;
  }

  /** Takes level, format, file and secrets from a snapshot; at the start and at each reload. */
  configure(snapshot: Snapshot): void {
    const { logging, secrets } = snapshot;
    this.#level = logging.level;
    this.#format = logging.format === "json" ? jsonLine : textLine;
    this.#consoleFormat = this.#coloured && logging.format === "text" ? colouredLine : this.#format;
    this.#redactor = createRedactor({ enabled: logging.redact, secrets });
    // What another event loop shows of a line is not known here.
    this.#showsFields = this.#consoleFormat !== textLine || this.#pass !== undefined;
    if (this.#file?.to.path === logging.generalFile) return;
    const path = this.#pass === undefined ? logging.generalFile : "";
    this.#leaving = Promise.all([this.#leaving, this.#file?.queue.drain()]);
    this.close();
    this.#file = path === "" ? undefined : this.#opened(path, this.#others(snapshot));
  }

  #opened(path: string, others: readonly string[]) {
    const to = new GeneralLogFile({
      path,
      others,
      onFailure: (line) => this.#console.add(this.#consoleFormat(this.#record("warn", line))),
      onRecovery: (line) => this.warn(line),
      onLost: (count) => void (this.#dropped += count),
      onFinding: ({ level, line }) => this[level](line),
    });
    return { to, queue: this.#queueFor((lines) => to.append(lines), () => this.#format) };
  }

  /** Looks at the file once, and begins it anew where it is gone. */
  async look(): Promise<readonly Finding[]> {
    return await this.#file?.to.look() ?? [];
  }

  /** Looks after its file no more; what is logged later is written all the same. */
  close(): void {
    this.#file?.to.close();
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
}
