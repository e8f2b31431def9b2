import assert from "node:assert/strict";
import fc from "fast-check";
import { geminiEvents } from "../../lib/dialect/gemini_events.ts";
import { JSON_HOLD_BYTES } from "../../lib/wire/examination.ts";
import type { BodyEnd } from "../../lib/wire/held_body.ts";
import { EVENTS_TYPE, examinationOf, type Given, JSON_TYPE } from "./examined.ts";
import { bytesOf, COMMENT, CONTENT, DONE, ERROR, ROLE } from "./streams.ts";

const COMPLETE: BodyEnd = { kind: "complete" };
const RESET: BodyEnd = { kind: "cut", detail: "ECONNRESET" };
const ANSWER = `{"choices":[{"message":{"content":"Servus"}}]}`;
const FAILURE = `{"error":{"message":"Overloaded"}}`;
const TYPES = [JSON_TYPE, EVENTS_TYPE, "", "text/plain", "text/html"];

/** What a whole body showed, for each content type. */
function shown(text: string, given: Given = {}, end = COMPLETE): string {
  const { examination, push } = examinationOf(given);
  push(text);
  examination.ended(end);
  const { inspection } = examination;
  if (inspection === undefined) return "held";
  return "what" in inspection ? `${inspection.kind}: ${inspection.what}` : inspection.kind;
}

for (const contentType of TYPES) {
  const label = JSON.stringify(contentType);

  Deno.test(`Examination tells JSON by its bytes, labelled ${label}`, () => {
    assert.equal(shown(ANSWER, { contentType }), "passed");
    assert.equal(shown(` \n${FAILURE}`, { contentType }), "error_body");
    assert.equal(shown(`\ufeff${FAILURE}`, { contentType }), "error_body");
  });

  Deno.test(`Examination tells events by their bytes, labelled ${label}`, () => {
    assert.equal(shown(ROLE + CONTENT + DONE, { contentType }), "passed");
    assert.equal(shown(COMMENT + ERROR, { contentType }), "error_event");
    assert.equal(shown(`\n\n${ROLE}`, { contentType }), "ended_early");
  });

  Deno.test(`Examination tells an HTML page at once, labelled ${label}`, () => {
    const { examination, push } = examinationOf({ contentType });
    push("\r\n<!DOCTYPE html>");
    assert.deepEqual(examination.inspection, { kind: "wrong_kind", what: "an HTML page" });
  });
}

Deno.test("Examination takes text that is no JSON for what it is", () => {
  for (const contentType of [JSON_TYPE, "", "text/plain"]) {
    const given = { contentType, streamed: false };
    assert.equal(shown("Internal Server Error", given), "wrong_kind: text that is no JSON");
    assert.equal(shown("nul", given), "wrong_kind: text that is no JSON");
  }
});

Deno.test("Examination takes text under text/event-stream for a stream without content", () => {
  assert.equal(shown("bad gateway\n"), "ended_early");
});

Deno.test("Examination tells an empty body", () => {
  for (const text of ["", "\n\n \r\n"]) {
    assert.equal(shown(text, { contentType: JSON_TYPE }), "wrong_kind: an empty body");
    assert.equal(shown(text, { contentType: "" }), "wrong_kind: an empty body");
    assert.equal(shown(text, { contentType: EVENTS_TYPE }), "ended_early");
  }
});

Deno.test("Examination tells a body that was cut before its first byte", () => {
  assert.equal(shown("", { contentType: JSON_TYPE }, RESET), "cut_short");
  assert.equal(shown("", { contentType: EVENTS_TYPE }, RESET), "ended_early");
});

Deno.test("Examination waits through white space for what comes", () => {
  const { examination, push } = examinationOf({ contentType: JSON_TYPE });
  for (let second = 0; second < 5000; second++) push("\n");
  assert.deepEqual([examination.inspection, examination.hasBegun], [undefined, false]);
  push("  {");
  assert.deepEqual([examination.inspection, examination.hasBegun], [undefined, true]);
  push(FAILURE.slice(1));
  examination.ended(COMPLETE);
  assert.equal(examination.inspection?.kind, "error_body");
});

Deno.test("Examination looks past white space however it comes", () => {
  const blanks = " ".repeat(3000);
  assert.equal(shown(blanks + FAILURE, { contentType: JSON_TYPE }), "error_body");
  assert.equal(shown(blanks + ANSWER, { contentType: JSON_TYPE }), "passed");
  assert.equal(shown("\n".repeat(3000) + ERROR), "error_event");
});

Deno.test("Examination tells a byte order mark that came in pieces", () => {
  const marked = bytesOf(`\ufeff${ANSWER}`);
  for (let cut = 1; cut < 5; cut++) {
    const { examination } = examinationOf({ contentType: JSON_TYPE });
    examination.push(marked.subarray(0, cut));
    examination.push(marked.subarray(cut));
    examination.ended(COMPLETE);
    assert.deepEqual(examination.inspection, { kind: "passed" }, `cut at ${cut}`);
  }
});

Deno.test("Examination looks past a byte order mark and any white space after it", () => {
  const blanks = "\n".repeat(3000);
  for (const pieces of [[`\ufeff${blanks}${FAILURE}`], ["\ufeff", ...blanks, FAILURE]]) {
    const { examination, push } = examinationOf({ contentType: JSON_TYPE });
    push(...pieces);
    examination.ended(COMPLETE);
    assert.equal(examination.inspection?.kind, "error_body");
  }
});

/** How many bytes were put together while it ran. */
function bytesJoined(run: () => void): number {
  const set = Uint8Array.prototype.set;
  let joined = 0;
  Uint8Array.prototype.set = function (source, at) {
    joined += source.length;
    set.call(this, source, at);
  };
  try {
    run();
  } finally {
    Uint8Array.prototype.set = set;
  }
  return joined;
}

const MARK = [0xef, 0xbb, 0xbf];
const STARTS: Readonly<Record<string, readonly number[]>> = {
  "white space": [0x20],
  "a mark": MARK,
  "two marks": [...MARK, ...MARK],
  "a mark and white space": [...MARK, 0x0a],
  "white space and a mark": [0x0a, ...MARK],
  "half a mark": MARK.slice(0, 2),
  "half a word": [...bytesOf("dat")],
  "a mark and half a word": [...MARK, ...bytesOf("fals")],
  "no-break spaces": [0xa0, 0xa0],
};

for (const [what, start] of Object.entries(STARTS)) {
  for (const more of [0x20, 0x0a, 0x00, 0xa0]) {
    Deno.test(`Examination puts ${what} and byte ${more} after byte together no more than once`, () => {
      const { examination } = examinationOf({ contentType: JSON_TYPE, streamed: false });
      const joined = bytesJoined(() => {
        for (const byte of start) examination.push(new Uint8Array([byte]));
        for (let n = 0; n < 2000; n++) examination.push(new Uint8Array([more]));
      });
      assert.ok(joined < 100, `${joined} bytes`);
    });
  }
}

Deno.test("Examination row 17: JSON that was cut is cut short", () => {
  assert.equal(shown(ANSWER.slice(0, 20), { contentType: JSON_TYPE }, RESET), "cut_short");
  assert.equal(shown(ANSWER, { contentType: JSON_TYPE }, RESET), "cut_short");
});

Deno.test("Examination gives the error that a body reports, and the body that came whole", () => {
  const failed = examinationOf({ contentType: JSON_TYPE });
  failed.push(FAILURE);
  failed.examination.ended(COMPLETE);
  assert.equal(failed.examination.errorText, FAILURE);
  assert.deepEqual(failed.jsons, []);
  const answered = examinationOf({ contentType: JSON_TYPE });
  answered.push(ANSWER.slice(0, 9), ANSWER.slice(9));
  answered.examination.ended(COMPLETE);
  assert.equal(answered.examination.errorText, "");
  assert.deepEqual(answered.jsons, [ANSWER]);
});

Deno.test("Examination gives the error event's data as the error", () => {
  const { examination, push } = examinationOf();
  push(ERROR);
  assert.match(examination.errorText, /^\{"error":/);
});

Deno.test("Examination holds JSON up to 1 MiB and then commits it", () => {
  const { examination, push, kind } = examinationOf({ contentType: JSON_TYPE, streamed: false });
  const most = `{"error":"${"x".repeat(JSON_HOLD_BYTES - 11)}`;
  push(most);
  assert.equal(kind(), undefined);
  push("xx");
  assert.equal(kind(), "passed");
  push(`"}`);
  assert.deepEqual(examination.ended(COMPLETE), COMPLETE);
  assert.equal(kind(), "passed");
});

Deno.test("Examination reads Gemini's array as a stream where the call is streamed", () => {
  const element = `{"candidates":[{"content":{"parts":[{"text":"Servus"}]}}]}`;
  const last = `{"candidates":[{"finishReason":"STOP"}]}`;
  const given = { events: geminiEvents, contentType: JSON_TYPE };
  const { examination, push, kind, events } = examinationOf(given);
  push("[");
  assert.equal(kind(), undefined);
  push(element, ",\r\n");
  assert.equal(kind(), "passed");
  push(last, "]");
  assert.deepEqual(examination.ended(COMPLETE), COMPLETE);
  assert.deepEqual(events.map(({ data }) => data), [element, last]);
  assert.equal(shown(`[${FAILURE}]`, given), "error_event");
  assert.equal(shown(`[${FAILURE}]`, { ...given, streamed: false }), "error_body");
});

Deno.test("Examination takes a Gemini array that ends before its finish for a cut", () => {
  const element = `{"candidates":[{"content":{"parts":[{"text":"Servus"}]}}]}`;
  for (const text of [`[${element}`, `[${element},`, `[${element}]`]) {
    const { examination, push } = examinationOf({ events: geminiEvents, contentType: JSON_TYPE });
    push(text);
    assert.equal(examination.ended(COMPLETE).kind, "cut", text);
  }
});

Deno.test("Examination holds JSON although stream_gate is off, and no stream", () => {
  assert.equal(shown(FAILURE, { hold: false, contentType: JSON_TYPE }), "error_body");
  assert.equal(shown(ERROR, { hold: false }), "passed");
});

const text = fc.oneof(
  fc.constantFrom(ANSWER, FAILURE, `\ufeff${FAILURE}`, "<html>", "oops", "", "null", "{"),
  fc.array(fc.constantFrom(ROLE, CONTENT, DONE, ERROR, COMMENT, "\n", "data: a"), { maxLength: 6 })
    .map((events) => events.join("")),
);
const pad = fc.constantFrom("", "\n", " \r\n", "\n".repeat(2000));
/** White space before a byte order mark makes the mark a stray character. */
const padded = fc.tuple(pad, text).map(([pad, text]) =>
  text.startsWith("\ufeff") ? text : pad + text
);

Deno.test("Examination shows the same of a body however it is split", () => {
  const given = fc.record({ contentType: fc.constantFrom(...TYPES), streamed: fc.boolean() });
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(padded, size, given, fc.constantFrom(COMPLETE, RESET), (text, size, given, end) => {
      const [whole, parts] = [examinationOf(given), examinationOf(given)];
      whole.push(text);
      const bytes = bytesOf(text);
      for (let at = 0; at < bytes.length; at += size) {
        parts.examination.push(bytes.subarray(at, at + size));
      }
      const ends = [whole, parts].map(({ examination }) => examination.ended(end).kind);
      assert.equal(ends[1], ends[0]);
      assert.equal(parts.examination.inspection?.kind, whole.examination.inspection?.kind);
      const errors = [whole, parts].map(({ examination }) => examination.errorText.trimStart());
      assert.equal(errors[1], errors[0]);
    }),
  );
});
