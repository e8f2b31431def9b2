/** What the events of a stream mean, whichever vendor's they are. */
import type { Problem } from "./dialect.ts";

/** One event of a stream, however it was framed. */
export interface StreamEvent {
  /** The event's name (SSE `event:`); empty where it has none. */
  readonly type: string;
  /** The data, its lines joined by LF; empty only where the end of the stream cut it off. */
  readonly data: string;
  /** The event was larger than the reader keeps: `data` is only its start. */
  readonly truncated: boolean;
}

/**
 * content: what the caller asked for begins here · error: the backend says that it failed · terminal:
 * the answer is over · done: the stream is over, and so is the answer where anything was said · ping:
 * says only that somebody is there · malformed: no event of any format · foreign: bears no mark of this
 * format · blank: says nothing at all · neutral: everything else, unknown events included.
 */
export type EventKind =
  | "content"
  | "error"
  | "terminal"
  | "done"
  | "ping"
  | "malformed"
  | "foreign"
  | "blank"
  | "neutral";

export interface EventReading {
  readonly kind: EventKind;
  /** Whether a stream that ends after this event may be whole. */
  readonly ends: boolean;
}

/** How a vendor's streams are read. */
export interface EventFormat {
  readonly name: "openai_chat" | "openai_responses" | "anthropic" | "gemini" | "unknown";
  readonly read: (event: StreamEvent) => EventReading;
  /** An error event of our own for a stream that broke, as it stands on the wire. */
  readonly errorEvent: (problem: Problem) => string;
}

/** A call on which a model works for the caller. Every other path only moves bytes. */
export interface Operation {
  /** counting: asks how many tokens a prompt has, and nothing else. */
  readonly kind: "inference" | "counting";
  /** How its stream is read, should it answer with one. */
  readonly events: EventFormat;
  /** Whether the path alone asks for a stream, whatever the body says. */
  readonly streamedByPath: boolean;
}
