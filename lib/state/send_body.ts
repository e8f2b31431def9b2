/** Requests on their way out: in one piece, or as their body comes in. */
import type { Socket } from "node:net";
import type { UploadedBody } from "../wire/connections.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import { inOnePiece } from "../http1/request_head.ts";

/** A body up to this size is copied behind its head, so that both are one write. */
const ONE_PIECE_BYTES = 64 * 1024;

/** Writes a head and the body after it. */
export function sendWhole(socket: Socket, head: string, body: Uint8Array): void {
  if (body.length <= ONE_PIECE_BYTES) return void socket.write(inOnePiece(head, body));
  socket.cork();
  socket.write(head, "latin1");
  socket.write(body);
  socket.uncork();
}

/**
 * Writes a head and the body after it, in chunks where its length is not known. Yields after each write:
 * `stuck` before it waits for the other side to take what was written, `moving` before it waits for more.
 *
 * @throws {ExchangeError} where the body has another length than was announced
 */
export async function* sendUpload(
  socket: Socket,
  head: string,
  { chunks, lengthBytes }: UploadedBody,
): AsyncGenerator<"stuck" | "moving"> {
  socket.write(head, "latin1");
  let leftBytes = lengthBytes ?? Infinity;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    leftBytes -= chunk.length;
    if (leftBytes < 0) throw new ExchangeError("REQUEST_REFUSED", "the body is over its length");
    if (!writeChunk(socket, chunk, { isFramed: lengthBytes === undefined })) {
      yield "stuck";
      await drained(socket);
    }
    yield "moving";
  }
  if (lengthBytes === undefined) socket.write("0\r\n\r\n", "latin1");
  else if (leftBytes > 0) {
    throw new ExchangeError("REQUEST_REFUSED", "the body is short of its length");
  }
}

function writeChunk(
  socket: Socket,
  chunk: Uint8Array,
  { isFramed }: { readonly isFramed: boolean },
): boolean {
  if (!isFramed) return socket.write(chunk);
  socket.cork();
  socket.write(`${chunk.length.toString(16)}\r\n`, "latin1");
  socket.write(chunk);
  const hasRoom = socket.write("\r\n", "latin1");
  socket.uncork();
  return hasRoom;
}

/** Once it takes more, or never will. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      socket.off("drain", done).off("close", done);
      resolve();
    };
    if (socket.destroyed || !socket.writableNeedDrain) resolve();
    else socket.on("drain", done).on("close", done);
  });
}
