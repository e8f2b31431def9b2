/** H4: what masking costs is bounded, whoever chose the secrets and the text, and nothing leaks for it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { createRedactor, credentialsIn, type Redactor } from "../../lib/record/redact.ts";
import { RequestRedactors } from "../../lib/record/request_redactors.ts";

const encoder = new TextEncoder();

/** As many credentials as a target of 60 kB holds. */
const MANY = Array.from({ length: 5200 }, (_, index) => (0x100000 + index * 3217).toString(16));
const TARGET = `/v1/x?${MANY.map((value) => `key=${value}`).join("&")}`;

const ESCAPED = (text: string) =>
  [...text].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
const TWICE = (text: string) =>
  [...text].map((each) => `%25${each.charCodeAt(0).toString(16)}`).join("");

Deno.test("H4: every one of 5,200 credentials of a request is masked, in any spelling", () => {
  const snapshot = { logging: { redact: true }, secrets: [] };
  const redactor = new RequestRedactors().for({ headers: [], target: TARGET, snapshot } as never);
  for (const value of [MANY[0], MANY[255], MANY[256], MANY[2600], MANY[5199]]) {
    assert.ok(value !== undefined);
    const spellings = [
      value,
      ESCAPED(value),
      TWICE(value),
      ...["", "a", "ab"].map((before) =>
        Buffer.from(`${before}${value}${before}`).toString("base64")
      ),
    ];
    for (const spelling of spellings) {
      const { text } = redactor.text(`before ${spelling} after`);
      assert.ok(!text.includes(spelling), text);
      assert.ok(text.startsWith("before ") && text.endsWith(" after"), text);
    }
  }
  const target = redactor.target(TARGET);
  assert.ok(!MANY.some((value) => target.includes(value)));
});

Deno.test("H4: secrets that are no single word are masked to their end, however many there are", () => {
  const secrets = MANY.map((value) => `${value} and "more" of it ${value}`);
  const redactor = createRedactor({ enabled: true, secrets });
  const last = secrets.at(-1) ?? "";
  assert.match(redactor.text(`{${last}} and so on`).text, /^\{\*{4}/);
  assert.ok(!redactor.text(`{${last}} and so on`).text.includes("more"));
  assert.ok(!redactor.text(JSON.stringify(last)).text.includes("more"));
});

Deno.test("H4: with more secrets than any head holds, all of a text is masked", () => {
  const secrets = Array.from({ length: 20_000 }, (_, index) => `secret-${index}`);
  const redactor = createRedactor({ enabled: true, secrets });
  assert.deepEqual(redactor.text("whatever stands here"), { text: "****", masked: true });
  assert.equal(new TextDecoder().decode(redactor.bytes(encoder.encode("whatever")).bytes), "****");
});

Deno.test("H4: credentialsIn() finds each credential of a target full of them", () => {
  assert.deepEqual(credentialsIn([], TARGET), MANY);
});

Deno.test("H4: bytesInTurns() lets others work between steps, and masks what bytes() masks", async () => {
  const redactor = createRedactor({ enabled: true, secrets: MANY.slice(0, 300) });
  const body = encoder.encode(
    `${"\\u0061%2561".repeat(60_000)}${MANY[7]} ${ESCAPED(MANY[299] ?? "")}`,
  );
  let turns = 0;
  const options = { turn: () => Promise.resolve(void turns++) };
  const inTurns = await redactor.bytesInTurns(body, options);
  assert.ok(turns > body.length / (64 * 1024), `${turns} turns`);
  assert.deepEqual(inTurns, redactor.bytes(body));
  assert.equal(inTurns.masked, true);
});

Deno.test("bytesInTurns() finds a secret across any border of a step", async () => {
  const secret = "sk-ab3dEf6hIj9lMn0pcdef";
  const redactor = createRedactor({ enabled: true, secrets: [secret] });
  const turn = () => Promise.resolve();
  for (let before = 32_768 - secret.length - 2; before < 32_768 + 2; before++) {
    for (const spelled of [secret, ESCAPED(secret)]) {
      const body = encoder.encode(`${" ".repeat(before)}${spelled} ${"x ".repeat(40_000)}`);
      const { bytes } = await redactor.bytesInTurns(body, { turn });
      const start = new TextDecoder().decode(bytes.subarray(before, before + 14));
      assert.equal(start, "sk-ab****cdef ", `${before}`);
    }
  }
});

Deno.test("bytesInTurns() shows the start of a text, what begins in it masked as a whole", async () => {
  const secret = "sk-ab3dEf6hIj9lMn0pcdef";
  const redactor = createRedactor({ enabled: true, secrets: [secret] });
  const turn = () => Promise.resolve();
  const body = encoder.encode(`abc ${secret} rest`);
  const shown = async (shownBytes: number) =>
    new TextDecoder().decode((await redactor.bytesInTurns(body, { turn, shownBytes })).bytes);
  assert.equal(await shown(4), "abc ");
  assert.equal(await shown(10), "abc sk-ab****cdef");
  assert.equal(await shown(29), "abc sk-ab****cdef r");
});

Deno.test("bytes() leaves every byte alone that it does not mask, text or not", () => {
  const redactor = createRedactor({ enabled: true, secrets: ["sk-ab3dEf6hIj9lMn0pcdef"] });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const { bytes: shown, masked } = redactor.bytes(bytes);
    assert.ok(masked || Buffer.compare(shown, bytes) === 0);
  }));
  const before = Uint8Array.of(0xff, 0xc3, 0x28, 0x20);
  const key = encoder.encode("sk-ab3dEf6hIj9lMn0pcdef");
  const body = Uint8Array.of(...before, ...key, 0x20, 0xfe);
  const mask = encoder.encode("sk-ab****cdef");
  assert.deepEqual(redactor.bytes(body).bytes, Uint8Array.of(...before, ...mask, 0x20, 0xfe));
});

/** Pieces of text that make pattern matching slow where it can be. */
const PROVOKING = [
  "\\",
  '"',
  '\\"',
  "sk-",
  "eyJ",
  "eyJaaaaaaaa.",
  '"secret"  ',
  "bearer ",
  "Basic YTpi",
  "%25",
  "%",
  "?key=",
  '"password":"',
  '\\"password\\":\\"',
  "password='",
  "key=",
  '"key":["',
  '"name":"key","value":"',
  'name="key',
  "name=key\n",
  "a",
  "a.",
  ":",
  "=",
  "://",
  "://a:b@",
  "a:b@",
  "-----BEGIN PRIVATE KEY-----",
  "PRIVATE KEY",
  "SG.aaaaaaaaaaaaaaa.",
  "xoxb-",
  "MDMT",
  "12345678:AA",
  "\\u0061",
  "\\u0061%2561",
  "%5cu0061",
  "abcdefghij…",
  "\n",
  "token=aaaaaaaaaaaaaaaaaaaaaaaa=",
  "\\/",
  "glpat-.",
  "AKIA",
  "pa-",
  "https://",
] as const;

const CHOSEN_SECRETS: Readonly<Record<string, readonly string[]>> = {
  "that begin alike": Array.from({ length: 250 }, (_, index) => `${"a".repeat(80)}${index}`),
  "that differ in the middle": Array.from(
    { length: 250 },
    (_, index) => `${"a".repeat(index % 16)}b${"a".repeat(40)}`,
  ),
  "as long as a head": [`${"a".repeat(60_000)}b`],
  "of 5,200 parameters": MANY,
};

/** How many times as long eight times as much text takes; the least of some looks. */
function timesAsLong(piece: string, redactor: Redactor): number {
  const [short, long] = [8, 64].map((kib) =>
    encoder.encode(piece.repeat(Math.ceil(kib * 1024 / piece.length)))
  );
  assert.ok(short !== undefined && long !== undefined);
  let least = Infinity;
  for (let look = 0; look < 5 && least > MOST_TIMES; look++) {
    least = Math.min(least, leastMs(redactor, long) / (leastMs(redactor, short) + 0.2));
  }
  return least;
}

/** In quadratic time it would be 64. */
const MOST_TIMES = 30;

function leastMs(redactor: Redactor, bytes: Uint8Array): number {
  return Math.min(...[1, 2, 3].map(() => {
    const startedMs = performance.now();
    redactor.bytes(bytes);
    return performance.now() - startedMs;
  }));
}

for (const [what, secrets] of Object.entries(CHOSEN_SECRETS)) {
  Deno.test(`H4: masking takes time in proportion to the text, with secrets ${what}`, () => {
    const redactor = createRedactor({ enabled: true, secrets });
    for (const piece of PROVOKING) {
      const times = timesAsLong(piece, redactor);
      assert.ok(times <= MOST_TIMES, `${JSON.stringify(piece)}: ${times} times as long`);
    }
  });
}
