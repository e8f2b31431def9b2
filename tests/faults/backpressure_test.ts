/** Section D of the fault catalogue: large events, slow readers, large bodies: F067, F070 and F075. */
import assert from "node:assert/strict";
import { connectTo, textOf } from "../caller.ts";
import { chunk, type Exchange, type Script } from "../peer.ts";
import { GOOD, startLine } from "./answers.ts";
import { nextEnd, pour } from "./follow.ts";
import { headOf, OPENAI_CHAT } from "./streams.ts";
import { MemoryGauge, readAway } from "./reader.ts";

const MIB = 2 ** 20;
/** A ledger would keep all that passes, and memory is what is measured here. */
const UNRECORDED = { ledger: false };
const PIECE = "x".repeat(64 * 1024);
/** Several times what a stream may need, for the sake of the garbage. */
const MOST_MIB = 80;
const { request } = OPENAI_CHAT;
const ENDS = OPENAI_CHAT.closing.join("");

/** Sends a body of known length: a start, that much filling, an end. */
function large(start: string, mib: number, end: string): Script {
  return async (exchange) => {
    const length = start.length + mib * MIB + end.length;
    await exchange.write(headOf(OPENAI_CHAT, `Content-Length: ${length}`) + start);
    await pour(exchange, PIECE, mib * MIB / PIECE.length);
    await exchange.write(end);
  };
}

const EVENT = `data: {"choices":[{"index":0,"delta":{"content":"`;

const CONTENT = `${EVENT}x"}}]}\n\n`;

interface Large {
  readonly primary: Script;
  /** Whether it ends as an answer may. */
  readonly whole: boolean;
}

const LARGE: Readonly<Record<string, Large>> = {
  "an event of 10 MB": { primary: large(EVENT, 10, `"}}]}\n\n${ENDS}`), whole: true },
  "an event of 10 MB after content": {
    primary: large(CONTENT + EVENT, 10, `"}}]}\n\n${ENDS}`),
    whole: true,
  },
  "a line without an end": { primary: large(CONTENT + EVENT, 50, ""), whole: false },
  "a comment without an end": { primary: large(`${CONTENT}: `, 50, ""), whole: false },
  "a comment of 50 MB before any event": {
    primary: large(": ", 50, `\n${CONTENT}${ENDS}`),
    whole: true,
  },
};

for (const [what, { primary, whole }] of Object.entries(LARGE)) {
  Deno.test(`F067: ${what} passes through, and memory stays bounded`, async () => {
    await using line = await startLine({ primary }, UNRECORDED);
    const ended = nextEnd(line);
    const { bytes, announced, grownMiB } = await readAway(line.proxy.url, request);
    // All bytes would look like a whole answer: of a cut one the last is kept back.
    assert.equal(bytes, whole ? announced : announced - 1);
    assert.ok(grownMiB < MOST_MIB, `memory grew by ${grownMiB} MiB`);
    const { late } = await ended;
    assert.equal(late?.row, whole ? undefined : 19);
    assert.equal(line.cooling("primary"), whole ? 0 : 300);
  });
}

Deno.test("F070: a caller who does not read makes the backend wait", async () => {
  let [taken, most] = [0, 0];
  const primary: Script = async (exchange) => {
    const write: Exchange["write"] = async (data) => {
      await exchange.write(data);
      taken += data.length;
    };
    await large(CONTENT + ": ", 100, `\n\n${ENDS}`)({ ...exchange, write });
  };
  await using line = await startLine({ primary }, UNRECORDED);
  const memory = new MemoryGauge();
  const pace = async (bytes: number) => {
    if (bytes === 0 || most > 0) return;
    // As much as fits between here and there is taken; then nothing more.
    for (let before = -1; before < taken; await sleep(200)) before = taken;
    memory.look();
    most = taken;
  };
  const { bytes, announced } = await readAway(line.proxy.url, request, { pace });
  assert.ok(most < 40 * MIB, `the backend could send ${most / MIB} MiB ahead`);
  assert.ok(memory.grownMiB < MOST_MIB, `memory grew by ${memory.grownMiB} MiB`);
  assert.equal(bytes, announced);
  assert.equal(line.cooling("primary"), 0);
});

Deno.test("F075: a response of 200 MB to a slow reader takes no memory to speak of", async () => {
  const primary = large(CONTENT + ": ", 200, `\n\n${ENDS}`);
  await using line = await startLine({ primary }, UNRECORDED);
  let next = 0;
  const pace = (bytes: number) => {
    if (bytes < next) return;
    next = bytes + 2 * MIB;
    return sleep(5);
  };
  const { bytes, announced, grownMiB } = await readAway(line.proxy.url, request, { pace });
  assert.equal(bytes, announced);
  assert.ok(grownMiB < MOST_MIB, `memory grew by ${grownMiB} MiB`);
  assert.equal(line.cooling("primary"), 0);
});

Deno.test("F075: a download of 300 MB is neither held nor kept", async () => {
  // So much that the garbage which one collection leaves to the next is the smaller part.
  await using line = await startLine({ primary: large("", 300, "") }, {
    ...UNRECORDED,
    rest: "default_backend: primary",
  });
  const download = { method: "GET", target: "/v1/files/f/content" };
  const { bytes, announced, grownMiB } = await readAway(line.proxy.url, download);
  assert.equal(bytes, announced);
  assert.ok(grownMiB < 2 * MOST_MIB, `memory grew by ${grownMiB} MiB`);
});

for (const framing of ["Content-Length: 1073741824", "Transfer-Encoding: chunked"]) {
  Deno.test(`F075: a request of 1 GB ends at max_body_mb with a 413: ${framing}`, async () => {
    const rest = "limits: { max_body_mb: 1 }";
    await using line = await startLine({ primary: GOOD }, { rest });
    await using caller = await connectTo(line.proxy.url);
    await caller.send(`POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
    const piece = framing.startsWith("T") ? chunk(PIECE) : PIECE;
    for (let sent = 0; sent < 24; sent++) await caller.send(piece);
    const got = await caller.reply();
    assert.equal(got.status, 413);
    assert.match(JSON.parse(textOf(got)).error.message, /1 MiB|max_body_mb/);
    assert.equal(line.peer("primary").connections, 0);
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
