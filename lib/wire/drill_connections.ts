/** Connections of a backend that fails on purpose: what comes back is made here, not by the network. */
import type { Dialect } from "../dialect/dialect.ts";
import type { EventFormat } from "../dialect/event_format.ts";
import { sampleContent } from "../dialect/sample_content.ts";
import { unknownEvents } from "../dialect/unknown_events.ts";
import type { Drill } from "../state/drills.ts";
import type { BackendRequest, Connections, ExchangeHandler } from "./connections.ts";
import { DrillExchange, type ScriptedAnswer } from "./drill_exchange.ts";
import type { RawHeaders } from "./headers.ts";

export interface DrillScript extends Pick<Drill, "kind" | "ended"> {
  /** Until the drill ends by itself. */
  readonly leftMs: number;
  /** The call's. */
  readonly dialect: Dialect;
  readonly streamed: boolean;
  /** How a stream of the call is read; undefined where no model answers it. */
  readonly events: EventFormat | undefined;
}

export class DrillConnections implements Connections {
  readonly #script: DrillScript;

  constructor(script: DrillScript) {
    this.#script = script;
  }

  dispatch(request: BackendRequest, handler: ExchangeHandler): void {
    const exchange = new DrillExchange(handler);
    // As over a network, nothing comes back before the caller of this has returned.
    queueMicrotask(() => exchange.start() && play(exchange, request, this.#script));
  }

  dispatchFresh(request: BackendRequest, handler: ExchangeHandler): void {
    this.dispatch(request, handler);
  }
}

function play(
  exchange: DrillExchange,
  { headTimeoutMs }: BackendRequest,
  script: DrillScript,
): void {
  switch (script.kind) {
    case "429":
      return exchange.answer(rateLimit(script));
    case "html200":
      return exchange.answer({ status: 200, headers: [["content-type", "text/html"]], body: PAGE });
    case "cut":
      return exchange.answer(script.streamed ? streamStart(script) : JSON_START, { cut: true });
    case "hang":
      return exchange.hang({ ...script, headTimeoutMs });
  }
}

const WHY = "This is a drill: llm-proxy answers in the backend's place.";

const PAGE = `<!doctype html><html><title>Drill</title><p>${WHY}</p></html>\n`;

const JSON_START: ScriptedAnswer = {
  status: 200,
  headers: [["content-type", "application/json"], ["content-length", "1000"]],
  body: `{"id":"drill",`,
};

function rateLimit({ dialect, leftMs }: DrillScript) {
  const problem = { status: 429, code: "rate_limit_exceeded", message: WHY };
  const seconds = Math.max(1, Math.floor(leftMs / 1000));
  const headers: RawHeaders = [
    ["content-type", "application/json"],
    ["retry-after", String(seconds)],
  ];
  return { status: 429, headers, body: JSON.stringify(dialect.errorBody(problem)) };
}

function streamStart({ events = unknownEvents }: DrillScript) {
  const headers: RawHeaders = [["content-type", "text/event-stream"]];
  return { status: 200, headers, body: sampleContent(events, "This is a drill: it breaks off ") };
}
