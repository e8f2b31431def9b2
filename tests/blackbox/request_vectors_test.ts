/** Every request vector against the program, from source or as the binary that `LLM_PROXY_BIN` names. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { NEXT, NEXT_ANSWER, REQUEST_VECTORS, type RequestVector } from "../http/vectors.ts";
import { reply, startPeer } from "../peer.ts";
import { makeHome, startProgram } from "./program.ts";

const STEP_MS = 30;
const PATIENCE_MS = 10_000;

/** All that came on a connection until it ended, or a text stood in it. */
class Answers {
  readonly #conn: Deno.TcpConn;
  text = "";
  isOver = false;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  async readOn(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    const read = await this.#conn.read(buffer).catch(() => null);
    if (read === null) this.isOver = true;
    else this.text += Buffer.from(buffer.subarray(0, read)).toString("latin1");
  }

  get statuses(): number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }
}

interface Seen {
  readonly statuses: readonly number[];
  readonly servesOn: boolean;
}

async function send(url: string, { send, answers }: RequestVector): Promise<Seen> {
  const { hostname, port } = new URL(url);
  using conn = await Deno.connect({ hostname, port: Number(port) });
  conn.setNoDelay(true);
  // Whoever is refused in the midst may be cut off while it sends on.
  const write = (text: string) => writeAll(conn, Buffer.from(text, "latin1")).catch(() => {});
  const got = new Answers(conn);
  const timer = setTimeout(() => conn.close(), PATIENCE_MS);
  for (const [at, piece] of send.entries()) {
    if (at > 0) await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    await write(piece);
  }
  while (got.statuses.length < answers.length && !got.isOver) await got.readOn();
  await write(NEXT);
  // As for HEAD, what follows a head may be another one: the next answer is known by its body.
  while (!got.isOver && !NEXT_ANSWER.test(got.text)) await got.readOn();
  clearTimeout(timer);
  const { statuses } = got;
  return got.isOver
    ? { statuses, servesOn: false }
    : { statuses: statuses.slice(0, -1), servesOn: true };
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

Deno.test("the program answers every request vector, and the backend sees what was meant", async (t) => {
  const seen: string[] = [];
  await using backend = await startPeer(({ request, write }) => {
    const { method, target, body } = request;
    seen.push(`${method} ${target} ${Buffer.from(body).toString("latin1")}`);
    return write(reply(200, `{"ok":1}`));
  });
  await using home = await makeHome(`
backends: [{ name: backend, url: "${backend.url}" }]
models: { chat: [{ backend: backend, model: chat }] }
default_backend: backend
limits: { max_body_mb: 1 }
`);
  await using program = await startProgram(["-config", home.configFile]);
  for (const vector of REQUEST_VECTORS) {
    await t.step(`${vector.section}: ${vector.name}`, async () => {
      seen.length = 0;
      const { statuses, servesOn } = await send(program.url, vector);
      assert.deepEqual(
        { answers: statuses, servesOn, backend: seen },
        { answers: vector.answers, servesOn: vector.servesOn, backend: vector.backend },
      );
    });
  }
});
