/** What a backend that fails on purpose seems to answer, by the kind of its drill. */
import type { Dialect } from "../dialect/dialect.ts";
import type { EventFormat } from "../dialect/event_format.ts";
import { sampleContent } from "../dialect/sample_content.ts";
import { unknownEvents } from "../dialect/unknown_events.ts";
import type { Drill, DrillKind } from "../state/drills.ts";
import type { RawHeaders } from "./headers.ts";

export interface DrillScript extends Pick<Drill, "kind" | "ended"> {
  /** Until the drill ends by itself. */
  readonly leftMs: number;
  /** The call's. */
  readonly dialect: Dialect;
  readonly streamed: boolean;
  /** How a stream of the call is read; undefined where no model answers it. */
  readonly events: EventFormat | undefined;
  /** As the backend is asked for it; empty where it is asked for none. */
  readonly model: string;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: string;
  /** What follows the body: its end, a lost connection, or nothing for as long as anybody waits. */
  readonly then: "end" | "cut" | "silence";
  /** Comes again every second of the silence; empty for nothing. */
  readonly again: string;
}

/** The answer; undefined where there is none, not even a head. */
export function drillAnswer(script: DrillScript): ScriptedAnswer | undefined {
  return ANSWERS[script.kind](script);
}

const ANSWERS: Readonly<Record<DrillKind, (script: DrillScript) => ScriptedAnswer | undefined>> = {
  "401": (script) => error(script, { status: 401, code: "invalid_api_key", message: WHY }),
  "402": (script) => error(script, { status: 402, code: "insufficient_quota", message: NO_MONEY }),
  "404": (script) =>
    error(script, { status: 404, code: "model_not_found", message: missing(script) }),
  "429": (script) => limited(script),
  "503": (script) => error(script, OVERLOADED),
  cut: (script) => ({ ...begun(script, "This is a drill: it breaks off "), then: "cut" }),
  empty200: () => answer(200, JSON_TYPE, "{}"),
  error200: (script) => ({ ...error(script, OVERLOADED), status: 200 }),
  error_event: (script) => withErrorEvent(script),
  hang: () => undefined,
  html200: () => answer(200, [["content-type", "text/html"]], PAGE),
  pings: ({ streamed }) =>
    silent(streamed ? STREAM_TYPE : JSON_TYPE, streamed ? ": ping\n\n" : " "),
  slow503: (script) => {
    const { body, ...rest } = error(script, OVERLOADED);
    return { ...rest, body: body.slice(0, -1), then: "silence" };
  },
};

const WHY = "This is a drill: llm-proxy answers in the backend's place.";
const NO_MONEY = `Insufficient balance. ${WHY}`;
const OVERLOADED = { status: 503, code: "overloaded", message: WHY };
const PAGE = `<!doctype html><html><title>Drill</title><p>${WHY}</p></html>\n`;

const JSON_TYPE: RawHeaders = [["content-type", "application/json"]];
const STREAM_TYPE: RawHeaders = [["content-type", "text/event-stream"]];

function answer(status: number, headers: RawHeaders, body: string): ScriptedAnswer {
  return { status, headers, body, then: "end", again: "" };
}

/** Signs of life, and nothing else. */
function silent(headers: RawHeaders, sign: string): ScriptedAnswer {
  return { ...answer(200, headers, sign), then: "silence", again: sign };
}

type ErrorOf = Parameters<Dialect["errorBody"]>[0];

function error({ dialect }: DrillScript, problem: ErrorOf): ScriptedAnswer {
  return answer(problem.status, JSON_TYPE, JSON.stringify(dialect.errorBody(problem)));
}

function limited(script: DrillScript): ScriptedAnswer {
  const seconds = Math.max(1, Math.floor(script.leftMs / 1000));
  const limit = error(script, { status: 429, code: "rate_limit_exceeded", message: WHY });
  return { ...limit, headers: [...limit.headers, ["retry-after", String(seconds)]] };
}

/** In the words by which an unknown model is known in every dialect. */
function missing({ model }: DrillScript): string {
  return `The model \`${model}\` does not exist. ${WHY}`;
}

/** The start of an answer: a stream's up to its first content. */
function begun({ streamed, events = unknownEvents }: DrillScript, text: string): ScriptedAnswer {
  if (streamed) return answer(200, STREAM_TYPE, sampleContent(events, text));
  return answer(200, [...JSON_TYPE, ["content-length", "1000"]], `{"id":"drill",`);
}

/** A call without a stream gets the error in the place of its answer. */
function withErrorEvent(script: DrillScript): ScriptedAnswer {
  const failed = { ...error(script, OVERLOADED), status: 200 };
  if (!script.streamed) return failed;
  const start = begun(script, "This is a drill: an error follows ");
  return { ...start, body: `${start.body}event: error\ndata: ${failed.body}\n\n` };
}
