/** TLS that fails: certificates, handshakes, plain text in its place, F008 to F010. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { createServer } from "node:tls";
import { callRaw, textOf } from "../caller.ts";
import { startReplier } from "../peer.ts";
import { startRawPeer } from "../wire/trial.ts";
import { AUTHORITY, EXPIRED, KEY, RIGHT, SELF_SIGNED, WRONG_NAME } from "./certificates.ts";
import { visit } from "./machine.ts";
import { BACKEND, type Consequence, failsOver, includes, isWell, WELL } from "./scene.ts";

const FAULTY = { expired: EXPIRED, self_signed: SELF_SIGNED, wrong_name: WRONG_NAME };

// The proxy trusts whom Deno trusts, which is settled when a process starts: hence a program. That it
// takes the right certificate shows that it is the faults that it minds.
Deno.test("F008: a certificate with a fault moves on, and its backend is sent nothing", async () => {
  await using good = await startReplier(WELL);
  await using stack = new AsyncDisposableStack();
  const secure: Record<string, Secure> = { right: stack.use(await startSecure(RIGHT)) };
  for (const [fault, certificate] of Object.entries(FAULTY)) {
    secure[fault] = stack.use(await startSecure(certificate));
  }
  const trusted = await Deno.makeTempFile();
  stack.defer(() => Deno.remove(trusted));
  await Deno.writeTextFile(trusted, AUTHORITY);
  const program = stack.use(
    await visit(yamlOf({ ...secure, good }), { env: { DENO_CERT: trusted } }),
  );
  const ask = (model: string) => callRaw(program.url, { body: JSON.stringify({ model }) });
  isWell(await ask("right_alone"));
  for (const fault of Object.keys(FAULTY)) {
    isWell(await ask(fault));
    includes(program.log, ` ${fault} (m): not reached: cannot connect (`);
    const told = await ask(`${fault}_alone`);
    assert.equal(told.status, 502);
    includes(JSON.parse(textOf(told)).error.message, `${fault} (m): cannot connect (`);
    assert.equal(secure[fault]?.received(), "");
  }
  assert.equal(
    program.log.match(
      /fallback to \S+ \(\S+\); the backend cools for 300 s, set by cooldown_seconds/g,
    )?.length,
    3,
  );
  assert.equal(good.requests.length, 3);
});

const TOO_LATE: Consequence = {
  row: 4,
  because: "no connection in time (CONNECT_TIMEOUT",
  cools: BACKEND,
};

Deno.test("F009: a TLS handshake that stalls ends in connect_seconds and moves on", async () => {
  await using peer = await startListener("");
  const keys = "timeouts: { connect_seconds: 0.2 }";
  await failsOver({ url: `https://${peer.address}`, keys }, TOO_LATE);
  peer.heardOnlyTls();
});

Deno.test("F010: plain text where TLS should be moves on, and is not answered in plain", async () => {
  await using peer = await startListener("HTTP/1.1 400 Bad Request\r\n\r\n");
  const consequence = { row: 4, because: "cannot connect (", cools: BACKEND };
  await failsOver({ url: `https://${peer.address}` }, consequence);
  peer.heardOnlyTls();
});

/** Every backend but `good` has an alias of its own, with `good` after it and without. */
function yamlOf(places: Readonly<Record<string, { readonly url: string }>>): string {
  const names = Object.keys(places);
  return [
    "backends:",
    ...names.map((name) => `  - { name: ${name}, url: "${places[name]?.url}" }`),
    "models:",
    ...names.map((name) => `  ${name}_alone: [{ backend: ${name}, model: m }]`),
    ...names.map((name) =>
      `  ${name}: [{ backend: ${name}, model: m }, { backend: good, model: m, priority: 2 }]`
    ),
  ].join("\n");
}

interface Secure extends AsyncDisposable {
  readonly url: string;
  /** All it was sent once a handshake was done. */
  received(): string;
}

/** A backend that is well, but for its certificate. */
async function startSecure(cert: string): Promise<Secure> {
  let received = "";
  const server = createServer({ key: KEY, cert }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (data: Buffer) => {
      received += data.toString("latin1");
      socket.end(WELL);
    });
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `https://127.0.0.1:${address.port}`,
    received: () => received,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** The first byte of a TLS handshake record. */
const HANDSHAKE = 0x16;

/** A TCP server that answers whatever it is sent with this text, or with nothing. */
async function startListener(answer: string) {
  const firsts: number[] = [];
  const peer = await startRawPeer((socket) => {
    socket.once("data", (data: Buffer) => {
      firsts.push(data[0] ?? -1);
      if (answer !== "") socket.end(answer);
    });
  });
  return {
    address: peer.address,
    /** One connection with another backend left and one without, both of them TLS. */
    heardOnlyTls: () => assert.deepEqual(firsts, [HANDSHAKE, HANDSHAKE]),
    [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose](),
  };
}
