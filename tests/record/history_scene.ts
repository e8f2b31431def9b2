/** A history in a directory of its own, and records to put into it. */
import { join } from "node:path";
import { History } from "../../lib/record/history.ts";
import { HistoryFile } from "../../lib/record/history_file.ts";
import type { AttemptRow, HistoryRecord, RequestRow } from "../../lib/record/history_rows.ts";
import { HistoryWriter } from "../../lib/record/history_writer.ts";
import { standingClock } from "../proxy.ts";

/** When the standing clock begins. */
export const START_MS = Date.UTC(2026, 0, 1);
export const DAY_MS = 86_400_000;

/** A request that was answered as it should be, with one attempt. */
export function recordOf(
  given: Partial<RequestRow> = {},
  attempts: readonly Partial<AttemptRow>[] = [{}],
): HistoryRecord {
  const request: RequestRow = {
    id: "00000001",
    receivedAtMs: START_MS,
    caller: "laptop",
    alias: "chat",
    backend: "first",
    model: "first-model",
    dialect: "openai",
    method: "POST",
    path: "/v1/chat/completions",
    status: 200,
    ending: "complete",
    detail: "",
    streamed: true,
    attempts: attempts.length,
    fallbacks: 0,
    headMs: 10.5,
    contentMs: 20,
    endMs: 30,
    requestBytes: 100,
    responseBytes: 200,
    inputTokens: 12,
    outputTokens: 6,
    cachedTokens: null,
    reasoningTokens: null,
    tokensPerSecond: 307.7,
    revision: 1,
    logFile: "",
    ...given,
  };
  return { request, attempts: attempts.map((attempt, at) => attemptOf(request.id, at, attempt)) };
}

function attemptOf(requestId: string, index: number, given: Partial<AttemptRow>): AttemptRow {
  return {
    requestId,
    index,
    backend: "first",
    model: "first-model",
    key: "",
    kind: "regular",
    startedMs: 1,
    headMs: 10.5,
    contentMs: 20,
    judgedMs: 20,
    status: 200,
    fault: null,
    row: 0,
    rule: "answer",
    reason: "status 200",
    action: "relay",
    cooled: null,
    cooledMs: null,
    cooledWhy: null,
    ...given,
  };
}

/** As many requests, a second apart, the first one first; ids count up. */
export function recordsOf(count: number, given: Partial<RequestRow> = {}): HistoryRecord[] {
  return Array.from({ length: count }, (_, at) => {
    const id = at.toString(16).padStart(8, "0");
    return recordOf({ id, receivedAtMs: START_MS + at * 1000, ...given });
  });
}

export interface HistoryScene extends AsyncDisposable {
  readonly path: string;
  readonly warnings: string[];
  readonly told: string[];
  readonly clock: ReturnType<typeof standingClock>;
  /** The file itself, closed at the end. */
  openFile(): HistoryFile;
  /** A writer of it, as a process has it; closed at the end. */
  openWriter(): HistoryWriter;
  /** The same behind its whole interface. */
  openHistory(retainMs?: number): History;
}

export async function startHistory(): Promise<HistoryScene> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const path = join(directory, "logs/history.db");
  const clock = standingClock();
  const [warnings, told]: [string[], string[]] = [[], []];
  const options = {
    now: clock.now,
    warn: (line: string) => void warnings.push(line),
    info: (line: string) => void told.push(line),
  };
  const opened: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(each: T): T => (opened.push(each), each);
  return {
    path,
    warnings,
    told,
    clock,
    openFile: () => keep(new HistoryFile(path)),
    openWriter() {
      const writer = keep(new HistoryWriter({ ...options, path }));
      writer.open();
      return writer;
    },
    openHistory(retainMs = Infinity) {
      const history = keep(new History(options));
      history.configure({ history: { file: path, retainMs } });
      return history;
    },
    async [Symbol.asyncDispose]() {
      for (const each of opened) closeQuietly(each);
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** A test may have closed it before. */
function closeQuietly(each: { close(): void }): void {
  try {
    each.close();
  } catch (cause) {
    if (!/not open|BadResource|already closed/i.test(String(cause))) throw cause;
  }
}

/** Ids of all rows, newest first. */
export function idsIn({ file }: HistoryWriter): string[] {
  return (file?.queries.requests({}, { limit: 500 }) ?? []).map(({ id }) => id);
}
