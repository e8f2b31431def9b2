/** `mid_stream_error: event`: a stream that broke says so in its dialect, and is cut all the same. */
import assert from "node:assert/strict";
import { HeldBody } from "../../lib/wire/held_body.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import type { Expectation } from "../../lib/wire/examination.ts";
import { Examination } from "../../lib/wire/examination.ts";
import { geminiEvents } from "../../lib/dialect/gemini_events.ts";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { PASSED } from "../../lib/wire/inspection.ts";
import type { Reply } from "../../lib/wire/outcome.ts";
import { NO_READING } from "../../lib/wire/reading.ts";
import { type Ending, relay } from "../../lib/wire/relay.ts";
import { NO_TUNNEL } from "./trial.ts";
import { bytesOf, CONTENT, event } from "./streams.ts";

const SAID = event({ error: { message: "it broke off" } });

interface Given {
  readonly headers?: RawHeaders;
  readonly events?: Expectation["events"];
  readonly isLookedAt?: boolean;
}

/** What the caller gets of a streamed reply that brings this and is then reset. */
async function broken(text: string, given: Given = {}) {
  const { headers = [], events = openaiChat, isLookedAt = true } = given;
  const body = new HeldBody({ pause() {}, resume() {}, abort() {} }, { holdBytes: 1000 });
  const expects = { events, kind: "inference", hold: true } as const;
  const told = { streamed: true, contentType: "", reading: NO_READING };
  const examination = new Examination({ expects, ...told });
  if (isLookedAt) body.observe(examinedBy(examination));
  body.push(bytesOf(text));
  const { gate } = examination;
  const reply: Reply = {
    kind: "reply",
    status: 200,
    headers,
    body,
    errorText: "",
    inspection: PASSED,
    gate,
    connection: undefined,
  };
  const endings: Ending[] = [];
  const details: string[] = [];
  const response = relay(reply, {
    method: "POST",
    errorEvent: (detail) => {
      details.push(detail);
      return SAID;
    },
    onChunk() {},
    ...NO_TUNNEL,
    onEnd: (ending) => void endings.push(ending),
  });
  body.finish({ kind: "cut", detail: "ECONNRESET" });
  assert.ok(!(response.body instanceof Uint8Array));
  const source = response.body;
  let got = "";
  const readAll = async () => {
    for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
      got += new TextDecoder().decode(chunk);
    }
  };
  await assert.rejects(readAll(), /broke off: ECONNRESET/);
  return { got, endings, details };
}

function examinedBy(examination: Examination) {
  return {
    chunk: (bytes: Uint8Array) => examination.push(bytes),
    ended: (end: Parameters<Examination["ended"]>[0]) => examination.ended(end),
  };
}

Deno.test("relay() ends a broken stream with an error event, and cuts it", async () => {
  const { got, endings, details } = await broken(CONTENT);
  assert.equal(got, CONTENT + SAID);
  assert.deepEqual(details, ["ECONNRESET"]);
  const bytes = CONTENT.length;
  assert.deepEqual(endings, [{ kind: "cut", bytes, detail: "ECONNRESET" }]);
});

Deno.test("relay() ends a broken event before the error event", async () => {
  for (const half of ["data: {", "data: {}\n", "event: x\r\n", ": com"]) {
    const { got } = await broken(CONTENT + half);
    assert.ok(got.startsWith(CONTENT + half) && got.endsWith(`\n\n${SAID}`), half);
  }
});

Deno.test("relay() adds no event to a body of announced length", async () => {
  const { got } = await broken(CONTENT, { headers: [["Content-Length", "5000"]] });
  assert.equal(got, CONTENT);
});

Deno.test("relay() adds no event to a body in a coding", async () => {
  const { got } = await broken(CONTENT, { headers: [["content-encoding", "gzip"]] });
  assert.equal(got, CONTENT);
});

Deno.test("relay() adds no event to what is no stream, or was not looked at", async () => {
  assert.equal((await broken(`{"choices":[`)).got, `{"choices":[`);
  assert.equal((await broken(CONTENT, { isLookedAt: false })).got, CONTENT);
});

Deno.test("relay() adds no event to an array of JSON, in which it would be none", async () => {
  const array = `[{"candidates":[{"content":{"parts":[{"text":"Servus"}]}}]}`;
  assert.equal((await broken(array, { events: geminiEvents })).got, array);
});
