/** Commits a reply to the caller: from here on there is no fallback. */
import {
  type BodySource,
  type CallerResponse,
  hasBody,
  type SwitchedResponse,
} from "./caller_response.ts";
import { headersForCaller, headerValue } from "./headers.ts";
import type { HeldBody } from "./held_body.ts";
import type { Reply } from "./outcome.ts";
import { type TunnelOptions, tunnelTo } from "./tunnel.ts";
import { withholdingLast } from "./withheld.ts";

/** How a relayed response finished. */
export interface Ending {
  readonly kind: "complete" | "cut" | "caller_left";
  /** Body bytes handed over. */
  readonly bytes: number;
  /** What cut it; empty when complete. */
  readonly detail: string;
}

export interface RelayOptions extends TunnelOptions {
  readonly method: string;
  /** Words an error event that a broken stream ends with; undefined to only cut it. */
  readonly errorEvent: ((detail: string) => string) | undefined;
}

/** The backend's reply for the caller, its body passed on as it arrives and cut where it was cut. */
export function relay(
  reply: Reply,
  options: RelayOptions,
): CallerResponse | SwitchedResponse {
  const { status, body, connection } = reply;
  const response = { status, headers: headersForCaller(reply) };
  if (connection !== undefined) {
    return { ...response, body: new Uint8Array(), tunnel: tunnelTo(connection, options) };
  }
  if (!hasBody(options.method, status)) {
    body.discard();
    options.onEnd({ kind: "complete", bytes: 0, detail: "" });
    return { ...response, body: new Uint8Array() };
  }
  if (body.end?.kind !== "complete") return { ...response, body: sourceOf(reply, options) };
  // A body that came with its head costs least as one buffer.
  const whole = body.peek();
  options.onChunk(whole);
  options.onEnd({ kind: "complete", bytes: whole.length, detail: "" });
  // Its record may wait for a slow disk, and keeps no more than was captured for it.
  body.discard();
  return { ...response, body: whole };
}

function sourceOf(reply: Reply, { onChunk, onEnd, errorEvent }: RelayOptions): BodySource {
  const { body } = reply;
  const source = readerOf(reply);
  let bytes = 0;
  let ended = false;
  let left = false;
  let toldOfCut = errorEvent === undefined || !takesEvents(reply);
  // A caller's connection that is destroyed after a cut counts as left too, but the cut came first.
  const end = (ending: Ending) => {
    if (!ended) onEnd(ending);
    ended = true;
  };
  return {
    async read() {
      const chunk = await source.read();
      if (left) return undefined;
      if (chunk !== undefined) {
        bytes += chunk.length;
        onChunk(chunk);
        return chunk;
      }
      if (body.end?.kind === "cut") {
        const { detail } = body.end;
        if (!toldOfCut) {
          toldOfCut = true;
          return closingEvent(reply, errorEvent?.(detail) ?? "");
        }
        end({ kind: "cut", bytes, detail });
        throw new Error(`The backend's reply broke off: ${detail}`);
      }
      end({ kind: "complete", bytes, detail: "" });
      return undefined;
    },
    // What is too long for the backend is too long for the caller.
    patienceMs: body.silenceMs,
    cancel(why = "the caller went away") {
      if (left) return;
      left = true;
      body.discard();
      end({ kind: "caller_left", bytes, detail: why });
    },
  };
}

/** The end of a body that nobody judges is what its framing says. */
function readerOf({ headers, body, gate }: Reply): Pick<HeldBody, "read"> {
  const announcedBytes = Number(headerValue(headers, "content-length") ?? NaN);
  return gate === undefined || isNaN(announcedBytes) ? body : withholdingLast(body, announcedBytes);
}

/** Only a stream of plain events of unannounced length has room for one more. */
function takesEvents({ headers, gate }: Reply): boolean {
  const isPlain = headerValue(headers, "content-encoding") === undefined;
  return gate?.isEventStream === true && isPlain &&
    headerValue(headers, "content-length") === undefined;
}

/** An event after what may be half of one: that one is ended first. */
function closingEvent({ gate }: Reply, event: string): Uint8Array {
  return new TextEncoder().encode(gate?.atBoundary === true ? event : `\n\n${event}`);
}
