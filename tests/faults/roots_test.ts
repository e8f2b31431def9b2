/** `ca`: a backend whose certificate is signed by a root of the operator's own. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { callRaw } from "../caller.ts";
import { startHttpProxy, startSocksProxy } from "../forward_proxy.ts";
import { startProxy } from "../proxy.ts";
import {
  AUTHORITY,
  EXPIRED,
  KEY,
  OWN_ROOT,
  RIGHT,
  SELF_SIGNED,
  WRONG_NAME,
} from "./certificates.ts";
import { visit } from "./machine.ts";
import { BACKEND, CALL, failsOver, isWell, WELL } from "./scene.ts";

interface TlsServer extends AsyncDisposable {
  readonly port: number;
}

async function startTls(cert: string, serve: (socket: TLSSocket) => void): Promise<TlsServer> {
  const server = createServer({ key: KEY, cert }, serve);
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

/** A backend that is well, but perhaps for its certificate. */
async function startSecureBackend(cert: string) {
  const received: string[] = [];
  const server = await startTls(cert, (socket) => {
    const index = received.push("") - 1;
    socket.on("error", () => {});
    socket.on("data", (data: Buffer) => {
      received[index] += data.toString("latin1");
      socket.end(WELL);
    });
  });
  // What it was sent once a handshake was done, one text a connection.
  return { ...server, url: `https://127.0.0.1:${server.port}`, received };
}

/** TLS in front of a plain TCP port. */
function startTlsFront(to: number): Promise<TlsServer> {
  return startTls(RIGHT, (socket) => {
    const onward = connect({ port: to, host: "127.0.0.1" });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
}

/** A PEM file, gone when disposed of. */
async function fileOf(pem: string): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-roots-" });
  const path = join(directory, "ca.pem");
  await Deno.writeTextFile(path, pem);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }) };
}

function yamlOf(url: string, keys: string): string {
  return `backends: [{ name: a, url: "${url}", ${keys} }]\n` +
    "models: { chat: [{ backend: a, model: m }] }\n";
}

Deno.test("ca lets a backend be trusted that is not trusted without", async () => {
  await using backend = await startSecureBackend(RIGHT);
  await using file = await fileOf(AUTHORITY);
  await using proxy = await startProxy(yamlOf(backend.url, `ca: "${file.path}"`));
  isWell(await callRaw(proxy.url, CALL));
  await proxy.configure(yamlOf(backend.url, "enabled: true"));
  assert.equal((await callRaw(proxy.url, CALL)).status, 502);
  // The reload that brings it back ends the cooldown too.
  await proxy.configure(yamlOf(backend.url, `ca: "${file.path}"`));
  isWell(await callRaw(proxy.url, CALL));
});

for (const [what, cert] of Object.entries({ SELF_SIGNED, OWN_ROOT })) {
  Deno.test(`ca may be the very certificate of a backend at home: ${what}`, async () => {
    await using backend = await startSecureBackend(cert);
    await using file = await fileOf(cert);
    await using proxy = await startProxy(yamlOf(backend.url, `ca: "${file.path}"`));
    isWell(await callRaw(proxy.url, CALL));
    isWell(await callRaw(proxy.url, CALL));
    await using forward = await startHttpProxy();
    const keys = `ca: "${file.path}", proxy: "http://${forward.address}"`;
    await proxy.configure(yamlOf(backend.url, keys));
    isWell(await callRaw(proxy.url, CALL));
    assert.ok(forward.asked.length > 0);
  });
}

Deno.test("ca leaves the usual roots trusted (a program that trusts the authority)", async () => {
  await using backend = await startSecureBackend(RIGHT);
  await using other = await fileOf(SELF_SIGNED);
  await using trusted = await fileOf(AUTHORITY);
  const yaml = yamlOf(backend.url, `ca: "${other.path}"`);
  await using program = await visit(yaml, { env: { DENO_CERT: trusted.path } });
  isWell(await callRaw(program.url, CALL));
  isWell(await callRaw(program.url, CALL));
});

for (const [fault, cert] of Object.entries({ EXPIRED, WRONG_NAME, SELF_SIGNED })) {
  Deno.test(`ca does not excuse a certificate that is ${fault}: row 4`, async () => {
    await using backend = await startSecureBackend(cert);
    await using file = await fileOf(AUTHORITY);
    await failsOver({ url: backend.url, keys: `ca: "${file.path}"` }, {
      row: 4,
      because: "cannot connect (",
      cools: BACKEND,
    });
    assert.equal(backend.received.join(""), "");
  });
}

for (const kind of ["http", "socks5"] as const) {
  Deno.test(`TLS goes through a ${kind} proxy from end to end, with ca or without trust`, async () => {
    await using backend = await startSecureBackend(RIGHT);
    await using file = await fileOf(AUTHORITY);
    await using forward = kind === "http" ? await startHttpProxy() : await startSocksProxy();
    const proxied = `proxy: "${kind}://u:p@${forward.address}"`;
    await using proxy = await startProxy(yamlOf(backend.url, `${proxied}, ca: "${file.path}"`));
    isWell(await callRaw(proxy.url, CALL));
    assert.equal(backend.received.length, 1);
    assert.match(backend.received[0] ?? "", /^POST \/v1\/chat\/completions HTTP\/1\.1\r\nhost: /);
    assert.doesNotMatch(backend.received[0] ?? "", /proxy-/i);
    const untrusting = { url: backend.url, keys: proxied };
    await failsOver(untrusting, { row: 4, because: "cannot connect (", cools: BACKEND });
  });
}

Deno.test("a proxy may itself be reached over TLS, where it is trusted", async () => {
  await using plain = await startHttpProxy();
  await using backend = await startSecureBackend(RIGHT);
  await using file = await fileOf(AUTHORITY);
  await using secure = await startTlsFront(Number(plain.address.split(":")[1]));
  const proxy = `proxy: "https://127.0.0.1:${secure.port}"`;
  const trusting = { env: { DENO_CERT: file.path } };
  await using program = await visit(yamlOf(backend.url, `${proxy}, ca: "${file.path}"`), trusting);
  isWell(await callRaw(program.url, CALL));
  assert.equal(plain.asked.length, 1);
  await using doubting = await startProxy(yamlOf(backend.url, `${proxy}, ca: "${file.path}"`));
  assert.equal((await callRaw(doubting.url, CALL)).status, 502);
});
