/** Section 15: a caller that goes once it has the whole answer has not left it; one that goes before has. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { connectTo, type RawRequest, requestBytes } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, type Script, startPeer } from "../peer.ts";
import { startSecureProxy } from "../secure_proxy.ts";
import { GOOD, jsonAnswer, type Line, startLine } from "./answers.ts";
import { endingIn, logOf, nextEnd, withinASecond } from "./follow.ts";
import { headOf, OPENAI_CHAT, startOf, STREAMS, type VendorStream } from "./streams.ts";

interface Left {
  readonly request: RawRequest;
  /** What the caller has read when it closes its connection; none where it reads nothing. */
  readonly after?: string;
}

/** How the log says that a request ended, whose caller left as told. */
async function endingOf(line: Line, { request, after }: Left): Promise<string> {
  const ended = nextEnd(line);
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes(request));
  await (after === undefined ? line.peer("primary").seen(0) : caller.until(after));
  caller.leave();
  await withinASecond("the request is recorded", ended);
  return endingIn(await logOf(line, await ended)).join();
}

/** Sends so much on each first request of a conversation, and then nothing more. */
function silentAfter(head: string, body: string | Uint8Array): Script {
  return async ({ write }) => {
    await write(head);
    await write(body);
  };
}

function withLength({ contentType }: VendorStream, bytes: number): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\nContent-Length: ${bytes}\r\n\r\n`;
}

function lengthOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The last letters of a stream that its caller waits for, without the last byte. */
function endOf(text: string): string {
  return text.trimEnd().slice(-12);
}

for (const stream of STREAMS) {
  const { name, request, opening, content, closing } = stream;
  const whole = startOf(stream, [...opening, ...content, ...closing]);
  const open = startOf(stream, [...opening, ...content]);
  const terminal = closing.at(-1) ?? "";

  Deno.test(`cases 15: who goes at the last event has a complete answer: ${name}`, async () => {
    const script = silentAfter(headOf(stream), chunk(whole));
    await using line = await startLine({ primary: script, secondary: GOOD });
    const ending = await endingOf(line, { request, after: endOf(terminal) });
    assert.match(ending, /^complete/);
    assert.equal(line.cooling("primary"), 0);
  });

  Deno.test(`cases 15: who goes before the last event has left: ${name}`, async () => {
    const script = silentAfter(headOf(stream), chunk(open));
    await using line = await startLine({ primary: script, secondary: GOOD });
    const ending = await endingOf(line, { request, after: endOf(content.at(-1) ?? "") });
    assert.match(ending, /^caller left after \d+ bytes/);
  });

  Deno.test(`cases 15: who goes at the last event of an announced length has it: ${name}`, async () => {
    for (const missing of [0, 1, 100]) {
      const script = silentAfter(withLength(stream, lengthOf(whole) + missing), whole);
      await using line = await startLine({ primary: script, secondary: GOOD });
      const ending = await endingOf(line, { request, after: endOf(terminal) });
      assert.match(ending, /^complete/, `${missing} bytes missing`);
    }
  });

  Deno.test(`cases 15: who goes before the last event of an announced length has left: ${name}`, async () => {
    const script = silentAfter(withLength(stream, lengthOf(whole)), open);
    await using line = await startLine({ primary: script, secondary: GOOD });
    const ending = await endingOf(line, { request, after: endOf(content.at(-1) ?? "") });
    assert.match(ending, /^caller left after \d+ bytes/);
  });
}

const WHOLE_CHAT = startOf(OPENAI_CHAT, [
  ...OPENAI_CHAT.opening,
  ...OPENAI_CHAT.content,
  ...OPENAI_CHAT.closing,
]);

Deno.test("cases 15: an answer is complete in a coding, too", async () => {
  // Not packed any smaller, so that its caller finds the last event.
  const packed = gzipSync(WHOLE_CHAT, { level: 0 });
  const length = new TextEncoder().encode(`${packed.length.toString(16)}\r\n`);
  const coded = new Uint8Array([...length, ...packed, 13, 10]);
  const head = headOf(OPENAI_CHAT, "Transfer-Encoding: chunked\r\nContent-Encoding: gzip");
  await using line = await startLine({ primary: silentAfter(head, coded), secondary: GOOD });
  const { request } = OPENAI_CHAT;
  assert.match(await endingOf(line, { request, after: "[DONE]" }), /^complete/);
});

Deno.test("cases 15: who has every announced byte has a complete answer, however large", async () => {
  const text = "x".repeat(3 * 1024 * 1024) + "END";
  const body = JSON.stringify({ choices: [{ message: { role: "assistant", content: text } }] });
  const head =
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  await using line = await startLine({ primary: silentAfter(head, body), secondary: GOOD });
  const request = { body: `{"model":"chat","messages":[]}` };
  assert.match(await endingOf(line, { request, after: `END"}}]}` }), /^complete/);
});

Deno.test("cases 15: who takes nothing of an answer has left it, though its last event has come", async () => {
  const [first = ""] = OPENAI_CHAT.content;
  const script: Script = async ({ write }) => {
    await write(headOf(OPENAI_CHAT) + chunk(first));
    for (let sent = 0; sent < 64; sent++) write(chunk(first.repeat(4_000)));
    await write(chunk(OPENAI_CHAT.closing.join("")) + chunk(""));
  };
  await using line = await startLine({ primary: script, secondary: GOOD });
  const ending = await endingOf(line, { request: OPENAI_CHAT.request });
  assert.match(ending, /^caller left after \d+ bytes/);
});

Deno.test("cases 15: an error event stays one when its caller goes at it", async () => {
  const { opening, content, errors, request } = OPENAI_CHAT;
  const body = chunk(startOf(OPENAI_CHAT, [...opening, ...content, ...errors]));
  await using line = await startLine({ primary: silentAfter(headOf(OPENAI_CHAT), body) });
  await endingOf(line, { request, after: endOf(errors[0] ?? "") });
  assert.equal(line.cooling("primary"), 300);
});

Deno.test("cases 15: over TLS a caller that goes at the last event has a complete answer", async () => {
  const script = silentAfter(headOf(OPENAI_CHAT), chunk(WHOLE_CHAT));
  await using primary = await startPeer(script);
  await using proxy = await startSecureProxy(chain({ primary }));
  const ended = nextEnd({ proxy });
  await using caller = await connectTo(proxy.url);
  await caller.send(requestBytes(OPENAI_CHAT.request));
  await caller.until("[DONE]");
  caller.leave();
  await withinASecond("the request is recorded", ended);
  assert.equal((await ended).ending?.kind, "complete");
});

Deno.test("cases 15: a conversation whose caller goes at the last event has been served till then", async () => {
  const script: Script = async (exchange) => {
    if (exchange.index > 0) return await exchange.write(GOOD.bytes);
    await exchange.write(headOf(OPENAI_CHAT) + chunk(OPENAI_CHAT.content.join("")));
    await long.promise;
    await exchange.write(chunk(OPENAI_CHAT.closing.join("")));
  };
  const long = Promise.withResolvers<void>();
  let isBusy = true;
  const better: Script = ({ write }) => write(isBusy ? jsonAnswer(503, {}).bytes : GOOD.bytes);
  await using line = await startLine({ better, primary: script });
  const request = { ...OPENAI_CHAT.request, lines: ["x-session-id: s1"] };
  const ended = nextEnd(line);
  await using caller = await connectTo(line.proxy.url);
  await caller.send(requestBytes(request));
  await caller.until("Grüß");
  line.proxy.pass(600);
  long.resolve();
  await caller.until("[DONE]");
  caller.leave();
  await ended;
  isBusy = false;
  line.proxy.pass(299);
  const { entry } = await line.ask(request);
  assert.deepEqual(entry.attempts.map(({ backend }) => backend), ["primary"]);
});
