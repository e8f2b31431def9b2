/** The body of a request that Node's servers took: read within a limit, or thrown away within bounds. */
import type { Buffer } from "node:buffer";
import type { Readable } from "node:stream";
import type { BodyWatch } from "./body_watch.ts";
import type { BodyFault, Room } from "../wire/incoming.ts";
import { concat } from "../wire/receive.ts";
import type { ReadBody } from "../wire/upload.ts";

export interface RequestBody {
  /** The body, or why there is none. */
  readonly read: (limitBytes: number, room?: Room) => Promise<Uint8Array | BodyFault>;
  /** The body as it is asked for. */
  readonly reader: () => ReadBody;
  /**
   * Throws away what nobody has read, so that the caller, which may send all of it first, reads the
   * response. An upload goes on until its response is over: a backend may begin to answer before.
   */
  readonly discard: (
    options: {
      /** Whether the response is over. */
      readonly answered: boolean;
      /** Ends the request where too much comes, or for too long. */
      readonly giveUp: () => void;
    },
  ) => void;
}

export interface RequestBodyOptions {
  /** The Content-Length, if there is one. */
  readonly announced: string | undefined;
  /** Ends the request where its body does not come. */
  readonly watch: BodyWatch;
}

export function requestBody(
  request: Readable,
  { announced, watch }: RequestBodyOptions,
): RequestBody {
  let isUpload = false;
  return {
    read: (limitBytes, room) => readBody(request, { announced, watch, limitBytes, room }),
    reader() {
      isUpload = true;
      return bodyReader(request, watch);
    },
    discard({ answered, giveUp }) {
      if (answered !== isUpload) return;
      if (request.readableEnded || request.destroyed) return;
      discardRest(request, giveUp);
    },
  };
}

function readBody(
  request: Readable,
  { announced, watch, limitBytes, room }: RequestBodyOptions & {
    readonly limitBytes: number;
    readonly room: Room | undefined;
  },
): Promise<Uint8Array | BodyFault> {
  if (Number(announced ?? 0) > limitBytes) {
    return Promise.resolve({ kind: "too_large", limitBytes });
  }
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    let isOver = false;
    const awaited = watch.awaits(request);
    awaited.begin();
    const giveUp = (fault: BodyFault) => {
      isOver = true;
      awaited.over();
      chunks.length = 0;
      resolve(fault);
    };
    const onData = (chunk: Buffer) => {
      if (isOver) return;
      length += chunk.length;
      if (length > limitBytes) return giveUp({ kind: "too_large", limitBytes });
      if (room?.take(chunk.length) === false) return giveUp({ kind: "no_room" });
      chunks.push(chunk);
      awaited.came(chunk.length);
    };
    const onEnd = () => {
      if (isOver) return;
      awaited.over();
      resolve(concat(chunks, length));
      // What a request refers to lives as long as it does, which may be long: see node_http.ts.
      request.off("data", onData).off("end", onEnd).off("close", onClose);
    };
    const onClose = () => giveUp({ kind: "caller_left" });
    request.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

function bodyReader(request: Readable, watch: BodyWatch): ReadBody {
  // Not destroyed when its reader stops early: the response still has to go out.
  const chunks: AsyncIterator<Buffer> = request.iterator({ destroyOnReturn: false });
  const awaited = watch.awaits(request);
  return async () => {
    awaited.begin();
    try {
      const { value, done } = await chunks.next();
      awaited.came(value?.length ?? 0);
      return done === true ? undefined : value;
    } finally {
      awaited.over();
    }
  };
}

/** How much, and how long, of a body that nobody reads is taken before its connection ends. */
const UNREAD_BYTES = 16 * 1024 * 1024;
const UNREAD_MS = 1_000;

function discardRest(request: Readable, giveUp: () => void): void {
  let leftBytes = UNREAD_BYTES;
  const timer = setTimeout(giveUp, UNREAD_MS);
  request.on("data", (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) giveUp();
  });
  request.on("end", () => clearTimeout(timer));
  request.on("close", () => clearTimeout(timer));
  request.resume();
}
