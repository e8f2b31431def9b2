import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { curlOf } from "../../lib/replay/curl.ts";
import type { Outgoing } from "../../lib/wire/outgoing.ts";
import { inOnePiece } from "../../lib/wire/splice.ts";
import { type Peer, reply, type SeenRequest, startPeer } from "../peer.ts";
import { ODD_BODIES, ODD_HEADERS, ODD_TARGETS } from "./odd_requests.ts";
import { HAS_CURL, runLine } from "./shell.ts";

// deno-lint-ignore no-console -- whoever runs the tests is to know what was not tested
if (!HAS_CURL) console.warn("There is no curl here: what its lines send is not tested.");
const ignore = !HAS_CURL || Deno.build.os === "windows";

const NO_VARIABLES = { variables: new Map<string, string>(), mayUseProxy: false };

function requestTo({ url: origin }: Peer, given: Partial<Outgoing>): Outgoing {
  const method = given.body === undefined ? "GET" : "POST";
  const whole = { refusal: undefined, rest: undefined };
  return { method, origin, target: "/x", headers: [], body: new Uint8Array(), ...whole, ...given };
}

const isFraming = ([name]: readonly [string, string]) => /^(?:host|content-length)$/i.test(name);

/** What stands on the wire, as it would be had it been sent as it was logged. */
function onTheWire({ method, target, headers, body }: Outgoing | SeenRequest) {
  const fields = headers.filter((field) => !isFraming(field))
    .map(([name, value]) => `${name}: ${value.trim()}`);
  return { method, target, fields, body: Buffer.from(inOnePiece(body)).toString("latin1") };
}

async function arrives(peer: Peer, request: Outgoing): Promise<void> {
  const curl = curlOf(request, NO_VARIABLES);
  if (curl.kind !== "line") assert.fail(curl.why);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(curl.line, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  const count = peer.requests.length;
  const ran = await runLine(curl.line);
  assert.deepEqual(ran.made, [], curl.line.slice(0, 2_000));
  const seen = peer.requests[count] ?? assert.fail(`${ran.stderr}\n${curl.line.slice(0, 2_000)}`);
  assert.equal(peer.requests.length, count + 1);
  assert.deepEqual(onTheWire(seen), onTheWire(request));
  const { host, length } = { host: new URL(peer.url).host, length: request.body.length };
  assert.deepEqual(seen.headers.filter(([name]) => /^host$/i.test(name)), [["Host", host]]);
  if (length > 0) assert.match(seen.head, new RegExp(`^content-length: ${length}$`, "im"));
}

function startRecorder(): Promise<Peer> {
  return startPeer(({ write }) => write(reply(200, `{"ok":1}`, { connection: "close" })));
}

Deno.test({
  name: "H5: curlOf() sends every odd body as it is, reads no file and runs nothing",
  ignore,
  async fn() {
    await using peer = await startRecorder();
    for (const body of ODD_BODIES) {
      await arrives(peer, requestTo(peer, { method: "POST", body: Buffer.from(body as string) }));
    }
  },
});

Deno.test({
  name: "H5: curlOf() asks for every odd path as it is, of nobody else",
  ignore,
  async fn() {
    await using peer = await startRecorder();
    for (const target of ODD_TARGETS) await arrives(peer, requestTo(peer, { target }));
  },
});

Deno.test({
  name: "H5: curlOf() sends every odd header as it is, and none of curl's",
  ignore,
  async fn() {
    await using peer = await startRecorder();
    for (const header of ODD_HEADERS) {
      await arrives(peer, requestTo(peer, { headers: [header] }));
      const headers = [["X-Before", "1"], header, header] as const;
      await arrives(peer, requestTo(peer, { headers, body: Buffer.from("@secret") }));
    }
  },
});

Deno.test({
  name: "H5: curlOf() uses the method there was",
  ignore,
  async fn() {
    await using peer = await startRecorder();
    for (
      const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "-d", "A'B"]
    ) {
      await arrives(peer, requestTo(peer, { method }));
      if (method === "HEAD") continue;
      await arrives(peer, requestTo(peer, { method, body: Buffer.from("{}") }));
    }
  },
});

Deno.test({
  name: "H5: curlOf() sends what it is given, whatever that is",
  ignore,
  async fn() {
    await using peer = await startRecorder();
    const latin1 = fc.string({
      unit: fc.constantFrom(..."\t !\"#$%&'()*;<=>?@[\\]^`{|}~aZ0-é\u00ff"),
    });
    const request = fc.record({
      body: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.string().map((text) => Buffer.from(text)),
      ),
      target: fc.constantFrom(...ODD_TARGETS),
      headers: fc.array(
        fc.tuple(fc.constantFrom("X-A", "x-b", "Content-Type", "Accept"), latin1),
        { maxLength: 4 },
      ),
      method: fc.constantFrom("POST", "PUT", "DELETE"),
    });
    const sent = fc.asyncProperty(request, (given) => arrives(peer, requestTo(peer, given)));
    await fc.assert(sent, { seed: 5, numRuns: 60, endOnFailure: true });
  },
});

Deno.test("curlOf() says why there is no line of what curl cannot send", () => {
  const peer = { url: "http://127.0.0.1:1" } as Peer;
  const kindOf = (given: Partial<Outgoing>) => curlOf(requestTo(peer, given), NO_VARIABLES).kind;
  assert.equal(kindOf({ method: "HEAD", body: Buffer.from("{}") }), "impossible");
  assert.equal(kindOf({ method: "A B" }), "impossible");
  assert.equal(kindOf({ headers: [["@secret", "a"]] }), "impossible");
  assert.equal(kindOf({ headers: [["X-A", "a\r\nX-B: c"]] }), "impossible");
});
