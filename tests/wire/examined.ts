/** Examinations of bodies that come as they are told. */
import type { StreamEvent } from "../../lib/dialect/event_format.ts";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import {
  Examination,
  type ExaminationOptions,
  type Expectation,
} from "../../lib/wire/examination.ts";
import { HeldBody } from "../../lib/wire/held_body.ts";
import { inspect, type InspectOptions } from "../../lib/wire/inspect.ts";
import { NO_READING } from "../../lib/wire/reading.ts";
import { bytesOf } from "./streams.ts";

export const JSON_TYPE = "application/json";
export const EVENTS_TYPE = "text/event-stream; charset=utf-8";

export type Given = Partial<Expectation & Omit<ExaminationOptions, "expects" | "reading">>;

type GivenWait = Partial<Expectation & Omit<InspectOptions, "expects" | "reading">>;

/** What was told of a body besides the inspection. */
function listener() {
  const events: StreamEvent[] = [];
  const jsons: string[] = [];
  const onEvent = (event: StreamEvent) => void events.push(event);
  const onJson = (body: Uint8Array) => void jsons.push(new TextDecoder().decode(body));
  return { events, jsons, ...NO_READING, onEvent, onJson };
}

/** An examination of a streamed call's reply, unless told otherwise. */
export function examinationOf(
  { events: format = openaiChat, kind = "inference", hold = true, ...given }: Given = {},
) {
  const { events, jsons, ...reading } = listener();
  const examination = new Examination({
    expects: { events: format, kind, hold },
    reading,
    streamed: true,
    contentType: EVENTS_TYPE,
    ...given,
  });
  const push = (...texts: readonly string[]) => {
    for (const text of texts) examination.push(bytesOf(text));
  };
  const shown = () => examination.inspection?.kind;
  return { examination, push, kind: shown, events, jsons };
}

/** A body under inspection, and what its backend's connection was told. */
export function inspectionOf(
  { events: format = openaiChat, kind = "inference", hold = true, ...given }: GivenWait = {},
  before: readonly string[] = [],
) {
  const { events, jsons, ...reading } = listener();
  const told: string[] = [];
  const tap = {
    pause: () => void told.push("pause"),
    resume: () => void told.push("resume"),
    abort: () => void told.push("abort"),
  };
  const body = new HeldBody(tap, { holdBytes: 1024 * 1024 });
  const push = (...parts: readonly (string | Uint8Array)[]) => {
    for (const part of parts) body.push(typeof part === "string" ? bytesOf(part) : part);
  };
  push(...before);
  const inspected = inspect(body, {
    expects: { events: format, kind, hold },
    reading,
    streamed: true,
    contentType: EVENTS_TYPE,
    coding: undefined,
    firstContentMs: 60_000,
    holdMs: Infinity,
    idleMs: 60_000,
    signal: new AbortController().signal,
    ...given,
  });
  return { body, push, inspected, told, events, jsons };
}
