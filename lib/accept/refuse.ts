/** Answers to what never became a request. */
import type { Socket } from "node:net";

/** What is not HTTP/1.1 gets a bare refusal; there is no request to answer in a dialect. */
export function refuseGarbage(fault: Error, socket: Socket): void {
  const tooLarge = "code" in fault && fault.code === "HPE_HEADER_OVERFLOW";
  refuse(socket, tooLarge ? "431 Request Header Fields Too Large" : "400 Bad Request");
}

/** A peer that does not end its side is given this long to read the refusal. */
const LINGER_MS = 500;

/** A bare status; the connection goes with it. */
export function refuse(socket: Socket, status: string): void {
  if (!socket.writable) return void socket.destroy();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.on("close", () => clearTimeout(timer));
  socket.on("error", () => {});
  socket.resume();
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
