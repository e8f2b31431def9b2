import assert from "node:assert/strict";
import { acceptAll } from "../../lib/listener/accept.ts";

const RESET = new Error("Transport endpoint is not connected (os error 107)");
const SHORT = new Error("Too many open files (os error 24)");

/** Accepts through these errors, until one connection has come; tells what was waited for and said. */
async function accepted(errors: readonly Error[], spare = 0) {
  const left = [...errors];
  let isClosed = false;
  const waits: number[] = [];
  const lines: string[] = [];
  let [spared, connections] = [0, 0];
  const accept = () => {
    const error = left.shift();
    return error === undefined ? Promise.resolve({} as Deno.TcpConn) : Promise.reject(error);
  };
  await acceptAll({ accept }, {
    isClosed: () => isClosed,
    onConnection: () => {
      connections++;
      isClosed = true;
    },
    onShortage: () => {
      spared += spare;
      return spare;
    },
    onFault: (line) => void lines.push(line),
    wait: (ms) => Promise.resolve(void waits.push(ms)),
  });
  return { waits, lines: lines.length, spared, connections };
}

Deno.test("acceptAll() waits for nobody who has reset its connection, and says nothing", async () => {
  const got = await accepted(Array.from({ length: 100 }, () => RESET), 1);
  assert.deepEqual(got, { waits: [], lines: 0, spared: 0, connections: 1 });
});

Deno.test("acceptAll() pauses where nothing but errors comes, and says so once", async () => {
  const got = await accepted(Array.from({ length: 2500 }, () => RESET));
  assert.deepEqual(got, { waits: [10, 10], lines: 1, spared: 0, connections: 1 });
});

Deno.test("acceptAll() has room made at a shortage, and says so once", async () => {
  const got = await accepted([SHORT, SHORT], 3);
  assert.deepEqual(got, { waits: [10, 10], lines: 1, spared: 6, connections: 1 });
});

Deno.test("acceptAll() waits longer where no room can be made", async () => {
  const got = await accepted([SHORT]);
  assert.deepEqual(got, { waits: [100], lines: 1, spared: 0, connections: 1 });
});
