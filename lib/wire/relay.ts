/** Commits a reply to the caller: from here on there is no fallback. */
import { replyHeaders } from "./headers.ts";
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

/** https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1 */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** The backend's reply as a response, its body passed on as it arrives and cut where it was cut. */
export function relay(reply: Reply, options: RelayOptions): Response {
  const { status } = reply;
  const init = {
    status,
    headers: replyHeaders(reply.headers).map(([k, v]): [string, string] => [k, v]),
  };
  if (options.method === "HEAD" || BODILESS.has(status)) return withoutBody(reply, init, options);
  if (reply.body.end?.kind === "complete") return wholeBody(reply, init, options);
  return new Response(streamOf(reply, options), init);
}

/** A body that came with its head costs least as one buffer. */
function wholeBody({ body }: Reply, init: ResponseInit, options: RelayOptions): Response {
  const bytes = body.peek();
  options.onChunk(bytes);
  options.onEnd({ kind: "complete", bytes: bytes.length, detail: "" });
  return new Response(new Uint8Array(bytes), init);
}

function withoutBody(reply: Reply, init: ResponseInit, options: RelayOptions): Response {
  reply.body.discard();
  options.onEnd({ kind: "complete", bytes: 0, detail: "" });
  return new Response(null, init);
}

/** Pulled by the caller's side, so that a slow caller slows the backend. */
function streamOf({ body }: Reply, options: RelayOptions): ReadableStream<Uint8Array> {
  let bytes = 0;
  let left = false;
  return new ReadableStream({
    async pull(controller) {
      const chunk = await body.read();
      if (left) return;
      if (chunk !== undefined) {
        bytes += chunk.length;
        options.onChunk(chunk);
        return controller.enqueue(chunk);
      }
      if (body.end?.kind !== "cut") {
        options.onEnd({ kind: "complete", bytes, detail: "" });
        return controller.close();
      }
      const { detail } = body.end;
      options.onEnd({ kind: "cut", bytes, detail });
      controller.error(new Error(`The backend's reply broke off: ${detail}`));
    },
    cancel() {
      left = true;
      body.discard();
      options.onEnd({ kind: "caller_left", bytes, detail: "the caller went away" });
    },
  }, { highWaterMark: 0 });
}
