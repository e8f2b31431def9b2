/** Reads of a connection what a proxy answers, and not one byte more: the rest is the backend's. */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import { proxyFault } from "./proxy_fault.ts";

/**
 * The next `length` bytes.
 *
 * @throws what ended the connection before they came
 */
export function readExactly(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      socket.off("readable", look).off("end", ended).off("error", failed).off("close", ended);
      act();
    };
    const failed = (cause: Error) => settle(() => reject(cause));
    const ended = () => failed(proxyFault("ended the connection in the middle of its answer"));
    const look = () => {
      const bytes: Buffer | null = socket.read(length);
      if (bytes === null) return;
      if (bytes.length < length) return ended();
      settle(() => resolve(bytes));
    };
    socket.on("readable", look).on("end", ended).on("error", failed).on("close", ended);
    if (socket.errored !== null) return failed(socket.errored);
    if (socket.destroyed || socket.readableEnded) return ended();
    look();
  });
}
