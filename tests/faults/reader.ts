/** A caller who keeps nothing of what it reads, at its own pace, and what the process needs meanwhile. */
import { type RawRequest, requestBytes } from "../caller.ts";

export interface Read {
  /** Bytes of the body. */
  readonly bytes: number;
  /** Its Content-Length. */
  readonly announced: number;
  /** By how much the memory of this test file grew at most, in MiB. */
  readonly grownMiB: number;
}

export interface ReadOptions {
  /** Called before each read with the bytes that have come. */
  readonly pace?: (bytes: number) => Promise<unknown> | undefined;
}

const BLANK = "\r\n\r\n";
const READ_BYTES = 64 * 1024;

/** Sends a request on a connection of its own and reads until that is over. */
export async function readAway(
  url: string,
  request: RawRequest,
  { pace = () => undefined }: ReadOptions = {},
): Promise<Read> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [...request.lines ?? [], "Connection: close"];
  const memory = new MemoryGauge();
  await connection.write(requestBytes({ ...request, lines }));
  const buffer = new Uint8Array(READ_BYTES);
  let head = "";
  let bytes = 0;
  for (;;) {
    await pace(bytes);
    const read = await connection.read(buffer);
    memory.look();
    if (read === null) break;
    bytes += read;
    if (!head.includes(BLANK)) head += latin1(buffer.subarray(0, read));
  }
  const announced = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
  return {
    bytes: bytes - head.indexOf(BLANK) - BLANK.length,
    announced,
    grownMiB: memory.grownMiB,
  };
}

/**
 * By how much the memory of this test file grew at most since the gauge was made: its objects and buffers,
 * not what the files that run beside it in this process take.
 */
export class MemoryGauge {
  readonly #before = ownBytes();
  #most = this.#before;

  look(): void {
    this.#most = Math.max(this.#most, ownBytes());
  }

  get grownMiB(): number {
    this.look();
    return (this.#most - this.#before) / 2 ** 20;
  }
}

function ownBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
