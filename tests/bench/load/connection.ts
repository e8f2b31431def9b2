/** A keep-alive connection of the load, on plain TCP. */
import { ReplyParser } from "./reply_parser.ts";

/** Reading an event stream that long takes one read at most times. */
const BUFFER_BYTES = 65_536;

export interface ConnectionOptions {
  /** Of the read buffer; small where there are thousands. */
  readonly bufferBytes?: number;
}

export class Connection {
  readonly parser = new ReplyParser();
  readonly #socket: Deno.TcpConn;
  readonly #buffer: Uint8Array<ArrayBuffer>;

  private constructor(socket: Deno.TcpConn, bufferBytes: number) {
    this.#socket = socket;
    this.#buffer = new Uint8Array(bufferBytes);
  }

  static async open(
    port: number,
    { bufferBytes = BUFFER_BYTES }: ConnectionOptions = {},
  ): Promise<Connection> {
    const socket = await Deno.connect({ hostname: "127.0.0.1", port });
    socket.setNoDelay(true);
    return new Connection(socket, bufferBytes);
  }

  /** Sends a request and takes its whole reply, which then stands in the parser. */
  async exchange(request: Uint8Array): Promise<void> {
    await this.send(request);
    while (!this.parser.done) await this.take();
  }

  async send(request: Uint8Array): Promise<void> {
    this.parser.reset();
    for (let at = 0; at < request.length;) at += await this.#socket.write(request.subarray(at));
  }

  /** What has come of the reply next. @throws Error when the peer has closed the connection */
  async take(): Promise<void> {
    const count = await this.#socket.read(this.#buffer);
    if (count === null) throw new Error("The connection was closed within a reply");
    this.parser.push(this.#buffer.subarray(0, count));
  }

  close(): void {
    this.#socket.close();
  }
}
