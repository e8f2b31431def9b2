/** The general log: start, reloads, routing, one summary line a request; to a file and the console. */
import { dirname } from "node:path";
import { fromAsyncSink, type LogRecord } from "@logtape/logtape";
import type { LogLevel, Snapshot } from "../config/snapshot.ts";
import { colouredLine, type FormatLine, jsonLine, textLine } from "./log_lines.ts";
import type { MainLoop } from "./main_loop.ts";
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

/** Lines waiting for a slow disk or terminal, at most; more are dropped and counted. */
const MAX_WAITING = 10_000;

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

type QueuedSink = ReturnType<typeof fromAsyncSink>;

export interface GeneralLogOptions {
  readonly now: () => Date;
  /** Writes one line, with its line end, to the console. */
  readonly console: (line: string) => Promise<void>;
  /** Whether the console is a terminal that shows colours. */
  readonly coloured?: boolean;
  /** Takes the lines in place of file and console; only where another event loop writes them. */
  readonly pass?: MainLoop["line"];
}

export class GeneralLog implements Log {
  readonly #now: () => Date;
  readonly #console: QueuedSink;
  #file: { readonly path: string; readonly sink: QueuedSink } | undefined;
  /** Files no longer written to, whose last lines are still on their way. */
  #leaving: Promise<unknown> = Promise.resolve();
  #fileFailing = false;
  #level: LogLevel = "info";
  #format: FormatLine = textLine;
  #consoleFormat: FormatLine = textLine;
  #redactor: Redactor = createRedactor({ enabled: true, secrets: [] });
  #dropped = 0;

  readonly #coloured: boolean;
  readonly #pass: MainLoop["line"] | undefined;

  constructor({ now, console, coloured = false, pass }: GeneralLogOptions) {
    this.#now = now;
    this.#pass = pass;
    this.#coloured = coloured;
    this.#console = this.#queued((record) => console(this.#consoleFormat(record)));
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
    if (this.#file?.path === logging.generalFile) return;
    const path = this.#pass === undefined ? logging.generalFile : "";
    this.#leaving = Promise.all([this.#leaving, this.#file?.sink.drain()]);
    this.#fileFailing = false;
    this.#file = path === "" ? undefined : { path, sink: this.#fileSink(path) };
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
    await this.#file?.sink.drain();
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
    this.#console(record);
    this.#file?.sink(record);
  }

  #record(level: LogLevel, message: string, fields: LogFields = {}): LogRecord {
    const masked = (text: string) => this.#redactor.text(text).text;
    const text = masked(message);
    const properties = Object.entries(fields).map(([name, value]) => {
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
  #queued(write: (record: LogRecord) => Promise<void>): QueuedSink {
    let untold = 0;
    const tell = async (record: LogRecord) => {
      await write(record);
      if (untold === 0) return;
      const lost =
        `${untold} lines of this log were lost: they came faster than they could be written.`;
      untold = 0;
      await write(this.#record("warn", lost));
    };
    return fromAsyncSink(tell, {
      maxQueueSize: MAX_WAITING,
      overflow: "drop-newest",
      onDrop: ({ count }) => {
        untold += count;
        this.#dropped += count;
      },
    });
  }

  /** Opens the file for each line, so that one deleted or rotated away is made again. */
  #fileSink(path: string): QueuedSink {
    return this.#queued(async (record) => {
      try {
        await appendLine(path, this.#format(record));
        this.#fileFailing = false;
      } catch (cause) {
        this.#dropped++;
        this.#reportFailure(path, cause);
      }
    });
  }

  #reportFailure(path: string, cause: unknown): void {
    if (this.#fileFailing) return;
    this.#fileFailing = true;
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `Cannot write the general log ${path}: ${why}. Lines go to the console only.`;
    this.#console(this.#record("warn", message));
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  const options = { append: true, create: true, mode: 0o600 };
  try {
    await Deno.writeTextFile(path, line, options);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(path, line, options);
  }
}
