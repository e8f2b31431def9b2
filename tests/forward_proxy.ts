/** Proxies on loopback: they remember what they were asked, byte by byte, and connect on or do not. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { type RawPeer, startRawPeer } from "./wire/trial.ts";

export interface ForwardProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** What each connection was asked, in the order of asking; one character a byte. */
  readonly asked: string[];
}

export interface HttpProxyOptions {
  /** What CONNECT is answered with. Default a 200 with a header; anything else ends the exchange. */
  readonly answer?: string;
  /** Where it connects on to, whatever it was asked; default where it was asked to. */
  readonly port?: number;
}

export const ESTABLISHED = "HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n";

/** An HTTP proxy. An answer of "" is none at all. */
export function startHttpProxy(
  { answer = ESTABLISHED, port }: HttpProxyOptions = {},
): Promise<ForwardProxy> {
  return startForwardProxy(async (socket, asked) => {
    const head = await take(socket, (bytes) => bytes.indexOf("\r\n\r\n") + 4);
    asked.push(head.toString("latin1"));
    if (answer === "") return;
    if (answer !== ESTABLISHED) return void socket.write(answer);
    const authority = /^CONNECT (\S+)/.exec(head.toString("latin1"))?.[1] ?? "";
    join(socket, port ?? Number(authority.split(":").at(-1)), answer);
  });
}

export interface SocksProxyOptions {
  /** The method it chooses. Default 0: no authentication. */
  readonly method?: number;
  /** Whether it accepts the user and password. */
  readonly accepts?: boolean;
  /** Its reply to the request. Default 0: connected. */
  readonly reply?: number;
  /** The address of the reply, with its type. Default 0.0.0.0. */
  readonly bound?: readonly number[];
  /** Where it connects on to; default the port it was asked for. */
  readonly port?: number;
}

/** A SOCKS5 proxy. */
export function startSocksProxy(options: SocksProxyOptions = {}): Promise<ForwardProxy> {
  const { method = 0, accepts = true, reply = 0, bound = [1, 0, 0, 0, 0] } = options;
  return startForwardProxy(async (socket, asked) => {
    const note = (bytes: Buffer) => asked.push(bytes.toString("latin1"));
    note(await take(socket, (bytes) => 2 + (bytes[1] ?? Infinity)));
    socket.write(Buffer.from([5, method]));
    if (method === 2) {
      note(await take(socket, credentialsLength));
      socket.write(Buffer.from([1, accepts ? 0 : 1]));
    }
    const request = await take(socket, requestLength);
    note(request);
    const answer = Buffer.from([5, reply, 0, ...bound, 0, 0]);
    if (reply !== 0) return void socket.write(answer);
    join(socket, options.port ?? request.readUInt16BE(request.length - 2), answer);
  });
}

function credentialsLength(bytes: Buffer): number {
  const user = bytes[1] ?? Infinity;
  return 3 + user + (bytes[2 + user] ?? Infinity);
}

function requestLength(bytes: Buffer): number {
  const lengths = new Map([[1, 4], [4, 16], [3, 1 + (bytes[4] ?? Infinity)]]);
  return 6 + (lengths.get(bytes[3] ?? 0) ?? Infinity);
}

async function startForwardProxy(
  serve: (socket: Socket, asked: string[]) => Promise<void>,
): Promise<ForwardProxy> {
  const asked: string[] = [];
  const peer: RawPeer = await startRawPeer((socket) => void serve(socket, asked).catch(() => {}));
  return { ...peer, asked };
}

/** The bytes up to a length that they themselves tell; under 4 is not known yet. */
function take(socket: Socket, lengthOf: (bytes: Buffer) => number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let pending = Buffer.alloc(0);
    socket.on("close", () => reject(new Error("closed")));
    socket.on("data", function more(data: Buffer) {
      pending = Buffer.concat([pending, data]);
      const length = lengthOf(pending);
      if (length < 3 || pending.length < length) return;
      socket.off("data", more);
      socket.pause();
      socket.unshift(pending.subarray(length));
      resolve(pending.subarray(0, length));
    });
    socket.resume();
  });
}

function join(socket: Socket, port: number, answer: string | Buffer): void {
  const onward = connect({ port, host: "127.0.0.1" }, () => {
    socket.write(answer);
    socket.pipe(onward).pipe(socket);
  });
  onward.on("error", () => socket.destroy());
  onward.on("close", () => socket.destroy());
  socket.on("close", () => onward.destroy());
}
