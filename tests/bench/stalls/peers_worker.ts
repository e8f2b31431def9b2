/** The callers and the backend, on a thread of their own: what they do holds nobody's loop but theirs. */
import { HOSTILE, replyBytes, requestBytes } from "./hostile.ts";

/** What the worker is asked for: so many exchanges of that name at once, at that port. */
export interface Order {
  readonly name: string;
  readonly port: number;
  readonly count: number;
}

/** What came of it; `backend` comes first, alone, with the port of the backend. */
export type Report =
  | { readonly kind: "backend"; readonly port: number }
  | { readonly kind: "ready"; readonly bytes: number }
  | { readonly kind: "done"; readonly statuses: readonly string[] };

interface Thread {
  postMessage(report: Report): void;
  onmessage: ((event: MessageEvent<Order | "go">) => void) | null;
}
const thread = self as unknown as Thread;

/** What was asked for last: some of it takes long to make. */
let made: { readonly name: string; readonly request: Uint8Array; readonly answer: Uint8Array } = {
  name: "",
  request: new Uint8Array(),
  answer: new Uint8Array(),
};
let answer: Uint8Array = new Uint8Array();
let begin: () => void = () => {};

const backend = Deno.listen({ hostname: "127.0.0.1", port: 0 });
thread.onmessage = ({ data }) => data === "go" ? begin() : void run(data);
thread.postMessage({ kind: "backend", port: (backend.addr as Deno.NetAddr).port });
for await (const connection of backend) void answerOn(connection);

async function run({ name, port, count }: Order): Promise<void> {
  const hostile = HOSTILE.find((each) => each.name === name);
  if (hostile === undefined) throw new Error(`There is no exchange ${name}`);
  if (made.name !== name) {
    made = { name, request: requestBytes(hostile), answer: replyBytes(hostile) };
  }
  const { request } = made;
  answer = made.answer;
  const { promise, resolve } = Promise.withResolvers<void>();
  begin = resolve;
  thread.postMessage({ kind: "ready", bytes: hostile.reply ? answer.length : request.length });
  await promise;
  const statuses = await Promise.all(Array.from({ length: count }, () => exchange(port, request)));
  thread.postMessage({ kind: "done", statuses });
}

/** The status line, once all has been sent and the connection has ended. */
async function exchange(port: number, request: Uint8Array): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const sent = writeAll(connection, request).catch(() => {});
  let start = "";
  const buffer = new Uint8Array(256 * 1024);
  try {
    for (
      let got = await connection.read(buffer);
      got !== null;
      got = await connection.read(buffer)
    ) {
      if (start.length < 12) {
        start += new TextDecoder("latin1").decode(buffer.subarray(0, Math.min(got, 12)));
      }
      // A switched connection would stay.
      if (start.startsWith("HTTP/1.1 101")) break;
    }
  } catch {
    start ||= "broken";
  }
  connection.close();
  await sent;
  return start.slice(9, 12) || start;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at, at + 65536));
}

/** Reads one request, answers it, and closes. */
async function answerOn(connection: Deno.Conn): Promise<void> {
  try {
    const buffer = new Uint8Array(256 * 1024);
    let head = "";
    let leftBytes = Infinity;
    while (leftBytes > 0) {
      const got = await connection.read(buffer);
      if (got === null) break;
      if (leftBytes !== Infinity) {
        leftBytes -= got;
        continue;
      }
      head += new TextDecoder("latin1").decode(buffer.subarray(0, got));
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) continue;
      const [, length = "0"] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
      leftBytes = Number(length) - (head.length - end - 4);
    }
    await writeAll(connection, answer);
  } catch {
    // The proxy has left.
  } finally {
    connection.close();
  }
}
