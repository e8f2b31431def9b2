/**
 * The floor: what passing a request on costs on this runtime, with none of the work. Reads a head and as
 * many bytes as it announces, writes them to a kept connection, and the reply back as it comes, until
 * the reply's framing says that it is over. Nothing is checked and no error handled: it is not for use.
 *
 * bare_proxy.ts BACKEND_PORT [ROOT_FILE]
 */
const [backendPort = "", rootFile] = Deno.args;
const HEAD_END = new TextEncoder().encode("\r\n\r\n");
const LAST_CHUNK = new TextEncoder().encode("0\r\n\r\n");
/** A pending read holds its buffer: small, as long as little comes. */
const SMALL_BYTES = 4 * 1024;
const LARGE_BYTES = 128 * 1024;

type Conn = Deno.TcpConn | Deno.TlsConn;

class Side {
  place = new Uint8Array(SMALL_BYTES);
  filled = 0;
  constructor(readonly conn: Conn) {}

  /** Behind what is there already; undefined at the end. */
  async more(): Promise<Uint8Array | undefined> {
    if (this.filled === this.place.length) {
      const larger = new Uint8Array(LARGE_BYTES);
      larger.set(this.place);
      this.place = larger;
    }
    const count = await this.conn.read(this.place.subarray(this.filled));
    if (count === null) return undefined;
    this.filled += count;
    return this.place.subarray(this.filled - count, this.filled);
  }
}

const idle: Side[] = [];
const caCerts = rootFile === undefined ? [] : [await Deno.readTextFile(rootFile)];

async function dial(): Promise<Side> {
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: Number(backendPort) });
  tcp.setNoDelay(true);
  if (rootFile === undefined) return new Side(tcp);
  const tls = await Deno.startTls(tcp, { hostname: "127.0.0.1", caCerts });
  return new Side(tls);
}

async function writeAll(conn: Conn, bytes: Uint8Array): Promise<void> {
  let at = await conn.write(bytes);
  while (at < bytes.length) at += await conn.write(bytes.subarray(at));
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, end: number): number {
  for (let at = 0; at <= end - wanted.length; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

/** Bytes of head and announced body; undefined while the head is not whole, NaN for chunks. */
function lengthOf({ place, filled }: Side): number | undefined {
  const end = indexOf(place, HEAD_END, Math.min(filled, SMALL_BYTES));
  if (end < 0) return undefined;
  const head = new TextDecoder("latin1").decode(place.subarray(0, end));
  const announced = /^content-length: *(\d+)/im.exec(head)?.[1];
  return announced === undefined ? NaN : end + HEAD_END.length + Number(announced);
}

async function serve(caller: Side): Promise<void> {
  while (true) {
    let length = lengthOf(caller);
    while (length === undefined || caller.filled < length) {
      if (await caller.more() === undefined) return;
      length ??= lengthOf(caller);
    }
    const backend = idle.pop() ?? await dial();
    await writeAll(backend.conn, caller.place.subarray(0, length));
    caller.filled = 0;
    await pass(backend, caller);
    idle.push(backend);
  }
}

async function pass(backend: Side, caller: Side): Promise<void> {
  let [passed, length]: [number, number | undefined] = [0, undefined];
  while (true) {
    const bytes = await backend.more();
    if (bytes === undefined) throw new Error("the backend has gone");
    length ??= lengthOf(backend);
    await writeAll(caller.conn, bytes);
    passed += bytes.length;
    const tail = backend.place.subarray(backend.filled - LAST_CHUNK.length, backend.filled);
    const isLast = isNaN(length ?? 0) && indexOf(tail, LAST_CHUNK, tail.length) === 0;
    if (length !== undefined) backend.filled = 0;
    if (isLast || passed === length) return;
  }
}

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0, tcpBacklog: 4_096 });
Deno.stdout.writeSync(new TextEncoder().encode(`port ${listener.addr.port}\n`));
for await (const conn of listener) {
  conn.setNoDelay(true);
  serve(new Side(conn)).catch(() => {}).finally(() => conn.close());
}
