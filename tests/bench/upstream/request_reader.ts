/** Requests off a connection, a head at a time; their bodies are counted, not kept. */

const HEAD_END = "\r\n\r\n";
const BUFFER_BYTES = 65_536;
/** An idle connection should not cost the backend much: there are 10,000 of them in one measure. */
const FIRST_BUFFER_BYTES = 4_096;

export class RequestReader {
  readonly #connection: Deno.Conn;
  readonly #decoder = new TextDecoder("latin1");
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /**
   * The head of the next request, once its body is here whole; undefined once the peer has closed. The
   * peer must wait for each answer before its next request, as every proxy here does.
   * @throws Deno.errors.UnexpectedEof when the connection ends within a request
   */
  async next(): Promise<string | undefined> {
    let head = "";
    let end = -1;
    while (end < 0) {
      const count = await this.#connection.read(this.#buffer);
      if (count === null && head === "") return undefined;
      head += this.#text(count);
      end = head.indexOf(HEAD_END);
    }
    let missing = bodyBytes(head.slice(0, end)) - (head.length - end - HEAD_END.length);
    if (missing > 0 && this.#buffer.length < BUFFER_BYTES) {
      this.#buffer = new Uint8Array(BUFFER_BYTES);
    }
    while (missing > 0) {
      const count = await this.#connection.read(this.#buffer);
      if (count === null) throw new Deno.errors.UnexpectedEof("the request was cut");
      missing -= count;
    }
    return head.slice(0, end);
  }

  #text(count: number | null): string {
    if (count === null) throw new Deno.errors.UnexpectedEof("the request was cut");
    return this.#decoder.decode(this.#buffer.subarray(0, count));
  }
}

function bodyBytes(head: string): number {
  const length = /\r\ncontent-length: *(?<bytes>\d+)/i.exec(head)?.groups?.bytes;
  if (length === undefined) throw new Error(`A request without Content-Length: ${head}`);
  return Number(length);
}
