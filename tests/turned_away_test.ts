/** What the general log says of requests that were turned away: what came, from where, and what to do. */
import assert from "node:assert/strict";
import { connectTo } from "./caller.ts";
import { startProxy } from "./proxy.ts";

const KEY = "canary-key-of-laptop";
const WRONG = "sk-wrong0123456789abcdef";
const BACKEND =
  `backends: [{ name: one, url: "http://127.0.0.1:9/v1" }]\nmodels: { chat: [{ backend: one, model: m }] }`;
const CLIENTS = `${BACKEND}\nclients: [{ name: laptop, key: "${KEY}" }]`;
const INJECT = BACKEND.replace('/v1"', '/v1", auth: inject, api_key: "canary-key-of-backend"');

interface Request {
  readonly method?: string;
  readonly host?: string;
  readonly target?: string;
  /** Header lines besides Host. */
  readonly lines?: readonly string[];
}

async function ask(
  url: string,
  { method = "POST", host = "127.0.0.1", target = "/v1/chat/completions", lines = [] }: Request,
): Promise<void> {
  await using caller = await connectTo(url);
  const head = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...lines, "Content-Length: 0"];
  await caller.send(`${head.join("\r\n")}\r\n\r\n`);
  await caller.reply(method);
}

/** The lines that tell of refusals, without their times; the proxy is stopped first. */
async function linesOf(yaml: string, requests: readonly Request[]): Promise<string[]> {
  await using proxy = await startProxy(yaml, { ledger: false });
  for (const request of requests) await ask(proxy.url, request);
  await proxy.drain(1);
  return proxy.lines.filter((line) => / WARN +(Turned away|Refused)/.test(line)).map((line) => {
    return line.slice(31);
  });
}

const PEER = String.raw`127\.0\.0\.1:\d+`;

const REFUSALS: Readonly<Record<string, readonly [string, Request, string]>> = {
  "a key of nobody's": [
    CLIENTS,
    { lines: [`x-api-key: ${WRONG}`] },
    String
      .raw`401 unknown_key\. POST /v1/chat/completions came with the key sk-wr\*\*\*\*cdef \(x-api-key\), ` +
    String
      .raw`which none of the configuration's clients has\. Put a key of theirs into its program, or add this one to clients\.`,
  ],
  "a short key of nobody's": [
    CLIENTS,
    { lines: [`Authorization: Bearer shortkey`] },
    String.raw`401 unknown_key\. .+ the key \*\*\*\* \(authorization\)`,
  ],
  "several keys of nobody's": [
    CLIENTS,
    { target: `/v1/models?key=${WRONG}`, lines: [`Authorization: Bearer ${WRONG}`] },
    String
      .raw`401 unknown_key\. POST /v1/models came with the key \S+ \(authorization\) and the key \S+ \(\?key=\),`,
  ],
  "no key": [
    CLIENTS,
    {},
    String
      .raw`401 missing_key\. POST /v1/chat/completions came without a key\. Put the key of one of .+ into its program`,
  ],
  "a Host that is none": [
    BACKEND,
    { host: "user:pw@host" },
    String
      .raw`400 invalid_host\. POST \S+: Host "\*\*\*\*@host" is not a host name with an optional port\. Send one, with the address`,
  ],
  "two Hosts": [
    BACKEND,
    { lines: ["Host: b"] },
    String.raw`400 invalid_host\. POST \S+: The Host header stands 2 times\. Send one,`,
  ],
  "a method that is none of an API's": [
    BACKEND,
    { method: "TRACE" },
    String
      .raw`405 method_not_allowed\. TRACE \S+: TRACE is not supported: .+ Call the API's own methods`,
  ],
  "a host that is not here, where a key is spent": [
    INJECT,
    { host: "evil.example" },
    String
      .raw`403 foreign_origin\. POST \S+: Host "evil\.example" is not a loopback address\. .+ write clients into the configuration\.`,
  ],
  "a page of somebody else's, where a key is spent": [
    INJECT,
    { lines: ["Origin: https://evil.example"] },
    String
      .raw`403 foreign_origin\. POST \S+: Origin "https://evil\.example" is not a loopback address\. .+ write clients`,
  ],
};

for (const [what, [yaml, request, line]] of Object.entries(REFUSALS)) {
  Deno.test(`cases 14: a request with ${what} leaves a line that says what to do`, async () => {
    const lines = await linesOf(yaml, [request]);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", new RegExp(`^Turned away ${PEER}: ${line}`));
    assert.doesNotMatch(lines.join(), /wrong0123|shortkey|pw@/);
  });
}

Deno.test("cases 14: a storm of wrong keys is a line, and one that counts the rest", async () => {
  const requests = Array<Request>(50).fill({ lines: [`x-api-key: ${WRONG}`] });
  const lines = await linesOf(CLIENTS, requests);
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(lines[1] ?? "", /401 unknown_key.+ The same 49 times more from 127\.0\.0\.1\.$/);
});

Deno.test("cases 14: a storm of https on the http port is a line, and one that counts the rest", async () => {
  await using proxy = await startProxy(BACKEND, { ledger: false });
  for (let count = 0; count < 20; count++) {
    await assert.rejects(connectTo(proxy.url.replace("http", "https")));
  }
  await proxy.drain(1);
  const lines = proxy.lines.filter((line) => line.includes("Refused"));
  assert.equal(lines.length, 2, lines.join("\n"));
  assert.match(
    lines[0] ?? "",
    new RegExp(
      `WARN  Refused a request of ${PEER}: 400, it speaks TLS, and this port is plain http://; write http:// `,
    ),
  );
  assert.match(lines[1] ?? "", /The same 19 times more from 127\.0\.0\.1\.$/);
});

const MALFORMED: Readonly<Record<string, readonly [string, RegExp]>> = {
  "no HTTP": ["\x00\x01\x02\x03\r\n\r\n", /400, .+; look at the program at that address/],
  "CONNECT": [
    "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    /405, .+; name this proxy as the base URL/,
  ],
  "HTTP/2": [
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    /505, HTTP\/2\.0 .+; have its program speak HTTP\/1\.1/,
  ],
  "a long target": [
    `GET /${"a".repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    /414, .+; have its program put what is long into the body/,
  ],
  "a large head": [
    `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${"a".repeat(70_000)}\r\n\r\n`,
    /431, .+; have its program send fewer and shorter headers/,
  ],
  "an odd Expect": [
    "GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n",
    /417, .+; have its program leave out the header Expect/,
  ],
  "two framings": [
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    /400, .+; have its program send one of both/,
  ],
};

for (const [what, [bytes, line]] of Object.entries(MALFORMED)) {
  Deno.test(`cases 14: what is no request (${what}) leaves a line that says what to do`, async () => {
    await using proxy = await startProxy(BACKEND, { ledger: false });
    await using caller = await connectTo(proxy.url);
    await caller.send(bytes);
    await caller.reply("GET");
    await proxy.drain(1);
    assert.match(proxy.lines.find((line) => line.includes("Refused")) ?? "", line);
  });
}
