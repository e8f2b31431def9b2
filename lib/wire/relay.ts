/** Commits a reply to the caller: from here on there is no fallback. */
import { type BodySource, type CallerResponse, hasBody } from "./caller_response.ts";
import { replyHeaders } from "./headers.ts";
import type { HeldBody } from "./held_body.ts";
import type { Reply } from "./outcome.ts";

/** How a relayed response finished. */
export interface Ending {
  readonly kind: "complete" | "cut" | "caller_left";
  /** Body bytes handed over. */
  readonly bytes: number;
  /** What cut it; empty when complete. */
  readonly detail: string;
}

export interface RelayOptions {
  readonly method: string;
  /** Sees each chunk as it passes; must not change or keep it beyond what it copies. */
  readonly onChunk: (chunk: Uint8Array) => void;
  /** Called once. */
  readonly onEnd: (ending: Ending) => void;
}

/** The backend's reply for the caller, its body passed on as it arrives and cut where it was cut. */
export function relay({ status, headers, body }: Reply, options: RelayOptions): CallerResponse {
  const response = { status, headers: replyHeaders(headers) };
  if (!hasBody(options.method, status)) {
    body.discard();
    options.onEnd({ kind: "complete", bytes: 0, detail: "" });
    return { ...response, body: new Uint8Array() };
  }
  if (body.end?.kind !== "complete") return { ...response, body: sourceOf(body, options) };
  // A body that came with its head costs least as one buffer.
  const whole = body.peek();
  options.onChunk(whole);
  options.onEnd({ kind: "complete", bytes: whole.length, detail: "" });
  return { ...response, body: whole };
}

function sourceOf(body: HeldBody, { onChunk, onEnd }: RelayOptions): BodySource {
  let bytes = 0;
  let ended = false;
  let left = false;
  // A caller's connection that is destroyed after a cut counts as left too, but the cut came first.
  const end = (ending: Ending) => {
    if (!ended) onEnd(ending);
    ended = true;
  };
  return {
    async read() {
      const chunk = await body.read();
      if (left) return undefined;
      if (chunk !== undefined) {
        bytes += chunk.length;
        onChunk(chunk);
        return chunk;
      }
      if (body.end?.kind === "cut") {
        const { detail } = body.end;
        end({ kind: "cut", bytes, detail });
        throw new Error(`The backend's reply broke off: ${detail}`);
      }
      end({ kind: "complete", bytes, detail: "" });
      return undefined;
    },
    cancel() {
      if (left) return;
      left = true;
      body.discard();
      end({ kind: "caller_left", bytes, detail: "the caller went away" });
    },
  };
}
