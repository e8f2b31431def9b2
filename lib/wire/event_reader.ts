/** What takes a stream apart into its events, however they are framed. */
import type { StreamEvent } from "../dialect/event_format.ts";

export interface EventReader {
  /** The events that these bytes complete, in order. */
  push(chunk: Uint8Array): StreamEvent[];
  /**
   * What an end of the stream here would cut: the unterminated event as far as it has come, so that
   * its data may be empty, too. Undefined where no event has begun.
   */
  rest(): StreamEvent | undefined;
  /** The bytes kept of the unterminated event; comments do not count. */
  readonly pendingBytes: number;
  /** Whether nothing but whole events has come so far, so that one could be written here. */
  readonly atBoundary: boolean;
}

export interface EventReaderOptions {
  /** How much of an event's data is kept; what is larger is given as its start, marked truncated. */
  readonly maxEventBytes: number;
}
