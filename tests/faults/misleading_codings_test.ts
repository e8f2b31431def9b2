/** Section C of the fault catalogue: content codings that lie, break off or explode, F046. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { type Answer, answer, GOOD, isAnswer, startLine } from "./answers.ts";

const MISSING = `{"error":{"message":"no such model","code":"model_not_found"}}`;
const PATTERN = { rest: `detection: { error_patterns: ["model_not_found"] }` };

function labelled(
  status: number,
  body: string | Uint8Array,
  ...codings: readonly string[]
): Answer {
  const lines = codings.map((coding) => `Content-Encoding: ${coding}`);
  return answer(status, body, ["Content-Type: application/json", ...lines]);
}

/** Bodies that their labels do not fit. */
const MISLEADING: Readonly<Record<string, readonly [Uint8Array | string, readonly string[]]>> = {
  "plain text under gzip": [MISSING, ["gzip"]],
  "gzip under br": [gzipSync(MISSING), ["br"]],
  "gzip under zstd": [gzipSync(MISSING), ["zstd"]],
  "gzip under deflate": [gzipSync(MISSING), ["deflate"]],
  "a coding nobody knows": [MISSING, ["x-klingon"]],
  "gzip that breaks off at once": [gzipSync(MISSING).subarray(0, 6), ["gzip"]],
  "gzip with a broken middle": [broken(gzipSync(MISSING)), ["gzip"]],
  "gzip in gzip": [gzipSync(gzipSync(MISSING)), ["gzip, gzip"]],
  "gzip in gzip, by two lines": [gzipSync(gzipSync(MISSING)), ["gzip", "gzip"]],
  "a thousand layers by name": [gzipSync(MISSING), [Array(1000).fill("gzip").join(",")]],
  "an empty label": [gzipSync(MISSING), [""]],
  "a label of control words": [MISSING, ["__proto__"]],
};

function broken(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => index > 20 && index < 40 ? 0xff - byte : byte);
}

for (const [what, [body, codings]] of Object.entries(MISLEADING)) {
  Deno.test(`F046: ${what} changes nothing of a 404 that is relayed`, async () => {
    const primary = labelled(404, body, ...codings);
    await using line = await startLine({ primary }, PATTERN);
    isAnswer((await line.ask()).got, primary);
    isAnswer((await line.ask()).got, primary);
  });
}

const COMPLETION = String(GOOD.body);

/** Answers that cannot be read, or not for sure: nothing speaks against them. */
const UNREADABLE: Readonly<Record<string, readonly [Uint8Array | string, readonly string[]]>> = {
  "plain text under gzip": [COMPLETION, ["gzip"]],
  "gzip under br": [gzipSync(COMPLETION), ["br"]],
  "gzip under zstd": [gzipSync(COMPLETION), ["zstd"]],
  "a coding nobody knows": [COMPLETION, ["x-klingon"]],
  "gzip that breaks off": [gzipSync(COMPLETION).subarray(0, -20), ["gzip"]],
  "gzip with a broken middle": [broken(gzipSync(COMPLETION)), ["gzip"]],
  "gzip in gzip": [gzipSync(gzipSync(COMPLETION)), ["gzip, gzip"]],
  "gzip in gzip, by two lines": [gzipSync(gzipSync(COMPLETION)), ["gzip", "gzip"]],
  "a thousand layers by name": [gzipSync(COMPLETION), [Array(1000).fill("gzip").join(",")]],
  "no coding, by name": [COMPLETION, ["identity"]],
};

for (const [what, [body, codings]] of Object.entries(UNREADABLE)) {
  Deno.test(`F046: ${what} changes nothing of a 200`, async () => {
    const primary = labelled(200, body, ...codings);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, primary);
    assert.deepEqual(attempts, ["primary: answered"]);
  });
}

Deno.test("F046: what stands before the break of a truncated gzip still counts", async () => {
  const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(8192))).toString("base64");
  const whole = gzipSync(MISSING.replace("no such model", noise).replace("{", '{ "n": 0,'));
  const primary = labelled(404, whole.subarray(0, whole.length - 4), "gzip");
  await using line = await startLine({ primary, secondary: GOOD }, PATTERN);
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.equal(attempts[0], "primary: row 13 cools the route for 300 s");
});

const GIBIBYTE = 1024 ** 3;
const MEMBER_BYTES = 16 * 1024 ** 2;

/** A gibibyte of blanks after this text, in about a mebibyte: gzip may come in several members. */
function bombAfter(text: string): Uint8Array {
  const blanks = gzipSync(Buffer.alloc(MEMBER_BYTES, " "));
  const members = Array<Uint8Array>(GIBIBYTE / MEMBER_BYTES).fill(blanks);
  return Buffer.concat([gzipSync(text), ...members]);
}

/** How much memory this thread gained at most while something ran; others may run beside it. */
async function gainedBytes(work: () => Promise<void>): Promise<number> {
  const usedBytes = () => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = usedBytes();
  let most = before;
  const look = () => most = Math.max(most, usedBytes());
  const timer = setInterval(look, 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  look();
  return most - before;
}

/** Bombs behind an error that is recognised, an error that is not, and an answer. */
const BOMBS: Readonly<Record<string, readonly [number, string, string]>> = {
  "a recognised error": [404, "model_not_found: ", "primary: row 13 cools the route for 300 s"],
  "the caller's mistake": [400, "model_not_found: ", "primary: row 14"],
  "a 503": [503, "{", "primary: row 12 cools the route for 300 s"],
  "a chat completion": [200, `{"choices":[{}],"pad":"`, "primary: answered"],
  "a comment before events": [200, ": ", "primary: answered"],
  "blanks before an answer": [200, "\n", "primary: answered"],
};

for (const [what, [status, text, attempt]] of Object.entries(BOMBS)) {
  Deno.test(`F046: a gibibyte in a mebibyte of gzip, ${what}, is relayed as it came in bounded memory`, async () => {
    const primary = labelled(status, bombAfter(text), "gzip");
    await using line = await startLine({ primary }, PATTERN);
    const gained = await gainedBytes(async () => {
      const { got, attempts } = await line.ask();
      isAnswer(got, primary);
      assert.deepEqual(attempts, [attempt]);
      await line.proxy.logs();
    });
    assert.ok(gained < GIBIBYTE / 4, `${gained} bytes more`);
  });
}
