/** Section E of the fault catalogue: requests under a Content-Encoding, F101, and their length, F119. */
import assert from "node:assert/strict";
import { incomingOf } from "../../lib/accept/deno_serve.ts";
import { belongingOf } from "../../lib/wire/belonging.ts";
import { decode } from "../../lib/wire/decode.ts";
import { type Coding, encode } from "../../lib/wire/encode.ts";
import { receive } from "../../lib/wire/receive.ts";
import { callRaw } from "../caller.ts";
import { chain } from "../chain.ts";
import { reply, type SeenRequest, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { FORM, FORM_TYPE, latin1, MODEL, startPlaces } from "./places.ts";

const CODINGS: readonly (readonly [Coding, string])[] = [
  ["gzip", "gzip"],
  ["gzip", "x-gzip"],
  ["deflate", "deflate"],
  ["deflate_raw", "deflate"],
  ["br", "br"],
  ["zstd", "zstd"],
];

const TEMPLATE = `{ "model" : @,"messages":[{"role":"user","content":"größe \\u00e9"}],"n":1.0}\n`;

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A line in the spelling that it must keep. */
function under(coding: string): readonly string[] {
  return [`Content-Encoding: ${coding}`];
}

/** The decoded body of what a backend saw, which must be whole and of its announced length. */
async function decodedBody({ head, headers, body }: SeenRequest, coding: string) {
  const [name, value] = headers.find(([name]) => /^content-encoding$/i.test(name)) ?? [];
  assert.ok(name !== undefined);
  assert.equal(value, coding);
  assert.match(head, new RegExp(`^content-length: ${body.length}$`, "mi"));
  const decoded = await decode(body, coding, { maxBytes: 64 * 1024 * 1024 });
  assert.equal(decoded.ending, "end");
  return new TextDecoder().decode(decoded.bytes);
}

for (const [coding, header] of CODINGS) {
  Deno.test(`F101: a ${coding} body (${header}) is decoded, spliced and sent on as one`, async () => {
    await using line = await startPlaces();
    const body = await encode(bytes(TEMPLATE.replace("@", `"chat"`)), coding);
    const seen = await line.seen({ lines: under(header), body });
    assert.equal(await decodedBody(seen, header), TEMPLATE.replace("@", `"${MODEL}"`));
    if (coding !== "deflate_raw") return;
    assert.notEqual((seen.body[0] ?? 8) & 0x0f, 8, "it has become zlib's format");
  });

  Deno.test(`F101: a ${coding} body (${header}) in which nothing is replaced passes as it came`, async () => {
    await using line = await startPlaces({ rest: "default_backend: backend" });
    for (const text of [TEMPLATE.replace("@", `"mystery"`), `{"input":"a"}`, "no JSON", "[1]"]) {
      const body = await encode(bytes(text), coding);
      const contentType = "application/octet-stream";
      const seen = await line.seen({ target: "/v1/x", contentType, lines: under(header), body });
      assert.equal(latin1(seen.body), latin1(body));
      assert.equal(await decodedBody(seen, header), text);
    }
    const path = await encode(bytes(`{"contents":[]}`), coding);
    const target = "/v1beta/models/chat:generateContent";
    const seen = await line.seen({ target, lines: under(header), body: path });
    assert.equal(latin1(seen.body), latin1(path));
    assert.equal(seen.target, target.replace("chat", MODEL));
  });

  Deno.test(`F101: a damaged ${coding} body (${header}) is a 400 that says so`, async () => {
    await using line = await startPlaces();
    const whole = await encode(bytes(TEMPLATE.replace("@", `"chat"`)), coding);
    const garbage = bytes("{}".repeat(50));
    for (const body of [whole.subarray(0, -3), whole.subarray(0, 5), garbage]) {
      const [status, code, message] = await line.refused({ lines: under(header), body });
      assert.deepEqual([status, code], [400, "invalid_content_encoding"]);
      assert.match(message, /damaged/);
    }
  });

  Deno.test(`F101: a bomb of ${coding} (${header}) is a 413, in bounded time and memory`, async () => {
    await using line = await startPlaces({ rest: "limits: { max_body_mb: 2 }" });
    const bomb = await encode(new Uint8Array(128 * 1024 * 1024), coding);
    assert.ok(bomb.length < 1024 * 1024, `${bomb.length} bytes`);
    const startedMs = performance.now();
    const [status, code, message] = await line.refused({ lines: under(header), body: bomb });
    assert.deepEqual([status, code], [413, "body_too_large"]);
    assert.match(message, /once decoded.*max_body_mb/);
    assert.ok(performance.now() - startedMs < 2000);
  });
}

Deno.test("F101: a form under a coding is decoded, spliced and sent on under it", async () => {
  await using line = await startPlaces();
  const form = (model: string) => Uint8Array.from(FORM.replace("@", model), (c) => c.charCodeAt(0));
  const request = { target: "/v1/audio/transcriptions", contentType: FORM_TYPE };
  const body = await encode(form("chat"), "zstd");
  const seen = await line.seen({ ...request, lines: under("zstd"), body });
  const decoded = await decode(seen.body, "zstd", { maxBytes: 1024 * 1024 });
  assert.equal(latin1(decoded.bytes), latin1(form(MODEL)));
});

Deno.test("F101: a body under a coding of several megabytes is sent on whole", async () => {
  await using line = await startPlaces();
  const text = TEMPLATE.replace(`größe`, "0123456789 größe".repeat(200_000));
  const body = await encode(bytes(text.replace("@", `"chat"`)), "gzip");
  const seen = await line.seen({ lines: under("gzip"), body });
  assert.ok(await decodedBody(seen, "gzip") === text.replace("@", `"${MODEL}"`));
});

for (const coding of ["compress", "gzip, gzip", "zstd, br", "aws-chunked"]) {
  Deno.test(`F101: a body under ${coding} is a 415 that names what works`, async () => {
    await using line = await startPlaces({ rest: "default_backend: backend" });
    const body = await encode(bytes("{}"), "gzip");
    const [status, code, message] = await line.refused({ lines: under(coding), body });
    assert.deepEqual([status, code], [415, "unsupported_content_encoding"]);
    assert.match(message, /gzip, deflate, br, zstd, or uncompressed/);
    assert.ok(message.includes(coding));
  });
}

Deno.test("F101: two lines of Content-Encoding are two codings", async () => {
  await using line = await startPlaces();
  const body = await encode(bytes("{}"), "gzip");
  const lines = [...under("gzip"), ...under("gzip")];
  assert.equal((await line.refused({ lines, body }))[0], 415);
});

Deno.test("F101: what is not JSON once it is decoded is told so, at its decoded place", async () => {
  await using line = await startPlaces();
  const body = await encode(bytes(`{"model":}`), "zstd");
  const [status, code, message] = await line.refused({ lines: under("zstd"), body });
  assert.deepEqual([status, code], [400, "invalid_json"]);
  assert.match(message, /byte 9 of 10/);
});

Deno.test("F101: a Content-Encoding without a body means nothing", async () => {
  await using line = await startPlaces({ rest: "default_backend: backend" });
  const seen = await line.seen({ method: "GET", target: "/v1/files", lines: under("zstd") });
  assert.equal(seen.body.length, 0);
});

Deno.test("F101: the next backend gets its own model, under the same coding", async () => {
  await using broken = await startReplier(reply(500, "{}"));
  await using whole = await startReplier(reply(200, `{"choices":[{"message":{"content":"a"}}]}`));
  await using proxy = await startProxy(chain({ broken, whole }));
  const body = await encode(bytes(TEMPLATE.replace("@", `"chat"`)), "br");
  assert.equal((await callRaw(proxy.url, { lines: under("br"), body })).status, 200);
  for (const [name, { requests: [seen] }] of Object.entries({ broken, whole })) {
    const text = await decodedBody(seen!, "br");
    assert.equal(text, TEMPLATE.replace("@", `"${name}-model"`));
  }
});

Deno.test("F101: the request log shows the decoded body", async () => {
  await using line = await startPlaces();
  const text = TEMPLATE.replace("@", `"chat"`);
  await line.seen({ lines: under("zstd"), body: await encode(bytes(text), "zstd") });
  const [log = ""] = await line.proxy.logs();
  assert.match(log, /== request body: \d+ bytes, decoded from zstd/);
  assert.ok(log.includes(text.trim()), log);
});

Deno.test("F101: a conversation under a coding belongs where it belongs without", async () => {
  const turns = ["user", "assistant", "user"].map((role) => ({ role, content: `${role} says` }));
  const body = bytes(
    JSON.stringify({ model: "chat", previous_response_id: "resp_1234", messages: turns }),
  );
  const belonging = async (bytes: Uint8Array, headers: Readonly<Record<string, string>>) => {
    const init = { method: "POST", body: new Uint8Array(bytes), headers };
    const incoming = incomingOf(new Request("http://proxy/v1/x", init), "127.0.0.1:9");
    const received = await receive(incoming, { maxBodyBytes: 100_000 });
    return received.kind === "received" ? belongingOf(received) : assert.fail(received.kind);
  };
  const plain = await belonging(body, {});
  assert.equal(plain.issued.length, 1);
  assert.notEqual(plain.conversation, undefined);
  assert.deepEqual(
    await belonging(await encode(body, "zstd"), { "content-encoding": "zstd" }),
    plain,
  );
});
