/** Requests on their way out: in one piece, or as their body comes in, at the other side's pace. */
import { Buffer } from "node:buffer";
import type { Piece, Pieces } from "../http1/pieces.ts";
import { type ByteStream, writeAll } from "../wire/byte_stream.ts";
import type { BackendRequest, UploadedBody } from "../wire/connections.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import type { SplicedBody } from "../wire/splice.ts";

/** A body, or its start, up to this size is copied behind its head, so that both are one write. */
const ONE_PIECE_BYTES = 64 * 1024;

export interface SendingWatcher {
  /** All of it has gone out, or what was left cannot any more. */
  onSent(): void;
  /** An upload rejected, or has another length than was announced. */
  onFault(cause: unknown): void;
  /** It waits for the other side to take what was written. */
  onStuck(): void;
  /** It waits for more of an upload. */
  onMoving(): void;
}

type Parts = Pick<SplicedBody, "start" | "tail">;
const NOTHING = new Uint8Array();

/** Whether anybody still wants it sent. */
type Wanted = { readonly isOver: boolean };

export class RequestSender {
  /** Whether something of a request has still to go out. */
  isSending = false;
  readonly #stream: ByteStream;
  readonly #pieces: Pieces;
  readonly #watcher: SendingWatcher;

  constructor(stream: ByteStream, pieces: Pieces, watcher: SendingWatcher) {
    this.#stream = stream;
    this.#pieces = pieces;
    this.#watcher = watcher;
  }

  /**
   * Writes a head and the body after it. A connection that breaks under it is for its reader to judge, who
   * may have an answer already: then it is sending for ever.
   */
  send(head: string, body: BackendRequest["body"], wanted: Wanted): void {
    this.isSending = true;
    if ("chunks" in body) this.#upload(head, body, wanted);
    else if ("tail" in body) this.#whole(head, body, wanted);
    else this.#whole(head, { start: body, tail: NOTHING }, wanted);
  }

  #whole(head: string, { start, tail }: Parts, wanted: Wanted): void {
    if (start.length > ONE_PIECE_BYTES || tail.length > 0) {
      return void this.#long(head, { start, tail }, wanted);
    }
    // Nearly every request: the system takes all of it at once.
    const piece = this.#pieces.join(head, start);
    this.#stream.write(piece.bytes).then((count) => {
      if (count < piece.bytes.length) return this.#rest(piece, count, wanted);
      this.#pieces.giveBack(piece);
      this.#sent(true, wanted);
    }, () => this.#sent(false, wanted));
  }

  async #rest(piece: Piece, count: number, wanted: Wanted): Promise<void> {
    this.#watcher.onStuck();
    const isWhole = await this.#write(piece.bytes.subarray(count));
    if (isWhole) this.#pieces.giveBack(piece);
    this.#sent(isWhole, wanted);
  }

  async #long(head: string, { start, tail }: Parts, wanted: Wanted): Promise<void> {
    const isSmall = start.length <= ONE_PIECE_BYTES;
    const isBegun = isSmall
      ? await this.#writePiece(this.#pieces.join(head, start))
      : await this.#write(Buffer.from(head, "latin1")) && await this.#write(start);
    const isWhole = isBegun && (tail.length === 0 || await this.#write(tail));
    this.#sent(isWhole, wanted);
  }

  async #upload(head: string, body: UploadedBody, wanted: Wanted): Promise<void> {
    try {
      this.#sent(await this.#inParts(head, body, wanted), wanted);
    } catch (cause) {
      if (!wanted.isOver) this.#watcher.onFault(cause);
    }
  }

  #sent(isWhole: boolean, { isOver }: Wanted): void {
    if (isWhole) this.isSending = false;
    if (!isOver) this.#watcher.onSent();
  }

  /** In chunks where its length is not known. */
  async #inParts(head: string, { chunks, lengthBytes }: UploadedBody, wanted: Wanted) {
    if (!await this.#write(Buffer.from(head, "latin1"))) return false;
    this.#watcher.onMoving();
    let leftBytes = lengthBytes ?? Infinity;
    for await (const chunk of chunks) {
      if (wanted.isOver) return false;
      if (chunk.length === 0) continue;
      leftBytes -= chunk.length;
      if (leftBytes < 0) throw new ExchangeError("REQUEST_REFUSED", "the body is over its length");
      this.#watcher.onStuck();
      const isTaken = lengthBytes === undefined
        ? await this.#writePiece(this.#pieces.chunk(chunk))
        : await this.#write(chunk);
      if (!isTaken) return false;
      if (wanted.isOver) return false;
      this.#watcher.onMoving();
    }
    if (lengthBytes === undefined) return await this.#write(LAST_CHUNK);
    if (leftBytes === 0) return true;
    throw new ExchangeError("REQUEST_REFUSED", "the body is short of its length");
  }

  async #writePiece(piece: Piece): Promise<boolean> {
    const isTaken = await this.#write(piece.bytes);
    if (isTaken) this.#pieces.giveBack(piece);
    return isTaken;
  }

  /** Whether all was taken. */
  async #write(bytes: Uint8Array): Promise<boolean> {
    try {
      await writeAll(this.#stream, bytes, () => this.#watcher.onStuck());
      return true;
    } catch {
      return false;
    }
  }
}

const LAST_CHUNK = Buffer.from("0\r\n\r\n", "latin1");
