import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { openai } from "../../lib/dialect/openai.ts";
import { belongingFor } from "../../lib/wire/belonging.ts";
import { bodyReadingInSteps } from "../../lib/wire/body_reading.ts";
import { decode } from "../../lib/wire/decode.ts";
import { encode } from "../../lib/wire/encode.ts";
import type { Incoming } from "../../lib/wire/incoming.ts";
import { issuedDigest } from "../../lib/wire/id_places.ts";
import { scanInSteps, scanTopLevel } from "../../lib/wire/json_scan.ts";
import { WantedKeys } from "../../lib/wire/wanted_keys.ts";
import { JsonWalk } from "../../lib/wire/json_walk.ts";
import { outgoing } from "../../lib/wire/outgoing.ts";
import { receive, type Received } from "../../lib/wire/receive.ts";
import { inOnePiece } from "../../lib/wire/splice.ts";
import { inTurns, nextTurn, SLICE_BYTES, type Steps } from "../../lib/wire/turns.ts";
import { backendOf, routeOf } from "../routing.ts";

const MB = 1024 * 1024;
const LIMITS = { maxBodyBytes: 64 * MB };

/** A body of that many bytes: a start, a piece over and over, an end. */
function filled(bytes: number, [start, piece, end]: readonly [string, string, string]): Uint8Array {
  const count = Math.floor((bytes - start.length - end.length) / piece.length);
  return Buffer.from(start + piece.repeat(count) + end);
}

/** How many turns the event loop has while something goes on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isOver = true;
  return turns;
}

function received(body: Uint8Array, headers: Incoming["headers"] = []): Promise<Received> {
  const incoming: Incoming = {
    method: "POST",
    target: "/v1/chat/completions",
    headers,
    caller: "127.0.0.1:9",
    signal: new AbortController().signal,
    read: () => Promise.resolve(body),
    reader: () => assert.fail("no upload"),
  };
  return receive(incoming, LIMITS).then((result) => {
    return result.kind === "received" ? result : assert.fail(result.kind);
  });
}

/** How often the steps pause. */
function pauses(steps: Steps<unknown>): number {
  let count = 0;
  while (steps.next().done !== true) count++;
  return count;
}

/** JSON that is slow to read, each member of its kind, with the model last. */
const SHAPES = {
  "text": [`{"a":"`, "x", `","model":"gpt"}`],
  "escaped quotes": [`{"a":"`, `\\"`, `","model":"gpt"}`],
  "backslashes": [`{"a":"`, `\\\\`, `","model":"gpt"}`],
  "white space": [`{"a":`, " ", `1,"model":"gpt"}`],
  "white space behind": [`{"model":"gpt"}`, " ", ""],
  "white space in front": ["", " ", `{"model":"gpt"}`],
  "keys": ["{", `"a":1,`, `"model":"gpt"}`],
  "escaped keys": ["{", `"\\u006d":1,`, `"model":"gpt"}`],
  "a key": [`{"`, "\\u006d", `":1,"model":"gpt"}`],
  "lists": [`{"a":[`, "[],", `1],"model":"gpt"}`],
  "messages": [`{"messages":[`, `{"role":"user"},`, `{"role":"user"}],"model":"gpt"}`],
} as const;

for (const [shape, parts] of Object.entries(SHAPES)) {
  Deno.test(`H15: a body is read with a pause after each slice: ${shape}`, () => {
    const body = filled(8 * SLICE_BYTES, parts);
    const options = { contentType: "", dialect: openai, namedByPath: false };
    assert.ok(pauses(bodyReadingInSteps(body, options)) >= 6);
    const scan = scanTopLevel(body, new WantedKeys(["model"]));
    assert.equal(scan.kind === "object" && scan.members.get("model")?.length, 1);
  });
}

Deno.test("H15: 100,000 brackets are passed over in slices", () => {
  const body = filled(4 * SLICE_BYTES, [`{"model":"gpt","a":`, "[", ""]);
  assert.ok(pauses(scanInSteps(body, new WantedKeys(["model"]))) >= 3);
});

const FORMS = {
  "lines": ["multipart/form-data; boundary=b", ["--b\r\n\r\n", "\r\n", ""]],
  "near boundaries": ["multipart/form-data; boundary=b", ["--b\r\n\r\n", "\r\n--bx", ""]],
  "parameters": ["application/x-www-form-urlencoded", ["model=gpt", "&", ""]],
  "models": ["application/x-www-form-urlencoded", ["model=gpt", "&%6dodel=gpt", ""]],
} as const;

for (const [shape, [contentType, parts]] of Object.entries(FORMS)) {
  Deno.test(`H15: a form is read with a pause after each slice: ${shape}`, () => {
    const body = filled(8 * SLICE_BYTES, parts);
    const options = { contentType, dialect: openai, namedByPath: false };
    assert.ok(pauses(bodyReadingInSteps(body, options)) >= 6);
  });
}

for (const [coding, bomb] of [["gzip", zlib.gzipSync], ["deflate", zlib.deflateSync]] as const) {
  Deno.test(`H15: 58 kB of ${coding} that become 60 MB leave the loop its turns`, async () => {
    const body = bomb(filled(60 * MB, SHAPES.text));
    const turns = await turnsDuring(() => received(body, [["content-encoding", coding]]));
    // Decoding, putting together, scanning: a few megabytes each at most.
    assert.ok(turns > 100, `${turns} turns`);
  });
}

Deno.test("H15: a gzip body is put back under its coding in turns of the loop", async () => {
  const body = filled(20 * MB, SHAPES.text);
  const turns = await turnsDuring(async () => {
    const { bytes, ending } = await decode(await encode(body, "gzip"), "gzip", {
      maxBytes: 64 * MB,
    });
    assert.equal(ending, "end");
    assert.ok(Buffer.from(bytes).equals(body));
  });
  assert.ok(turns > 80, `${turns} turns`);
});

for (const coding of ["gzip", "deflate", "deflate_raw", "br", "zstd"] as const) {
  Deno.test(`encode() of a large body is decoded to the same bytes: ${coding}`, async () => {
    const body = filled(2 * MB, SHAPES.keys);
    const name = coding === "deflate_raw" ? "deflate" : coding;
    const { bytes, ending } = await decode(await encode(body, coding), name, { maxBytes: 64 * MB });
    assert.equal(ending, "end");
    assert.ok(Buffer.from(bytes).equals(body));
  });
}

Deno.test("H15: a large body gets its route's model in turns of the loop", async () => {
  const call = await received(filled(60 * MB, SHAPES.text));
  const route = routeOf(backendOf("a"), { model: "other" });
  const options = { route, places: call.models, dialect: openai, key: undefined };
  let sent = new Uint8Array();
  const turns = await turnsDuring(async () => {
    const { body } = await outgoing(call, { ...options, keyPlace: undefined });
    sent = new Uint8Array(inOnePiece(body));
  });
  assert.ok(turns > 8, `${turns} turns`);
  assert.equal(Buffer.from(sent.subarray(-18)).toString(), `","model":"other"}`);
});

Deno.test("H15: where a large request belongs is found in turns of the loop", async () => {
  const call = await received(filled(20 * MB, [
    `{"model":"gpt","messages":[`,
    `"file_id",`,
    `{"role":"assistant","file_id":"file-1"}]}`,
  ]));
  let stored: readonly string[] = [];
  const turns = await turnsDuring(async () => void ({ stored } = (await belongingFor(call))()));
  assert.ok(turns > 40, `${turns} turns`);
  assert.equal(stored.length, 1);
});

Deno.test("nextTurn() lets one go on in each turn of the loop, in order", async () => {
  const order: string[] = [];
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const work = async (name: string) => {
    for (let step = 0; step < 3; step++) {
      await nextTurn();
      order.push(`${name}${turn}`);
    }
  };
  await Promise.all([work("a"), work("b"), work("c")]);
  isOver = true;
  assert.equal(new Set(order.map((each) => each.slice(1))).size, order.length);
  assert.deepEqual(order.slice(0, 3).map((each) => each[0]), ["a", "b", "c"]);
});

Deno.test("inTurns() rejects where a step throws", async () => {
  // deno-lint-ignore require-yield
  const steps = function* (): Steps<void> {
    throw new RangeError("no");
  };
  await assert.rejects(inTurns(steps()), RangeError);
});

Deno.test("JsonWalk in slices of any size finds what it finds at once", () => {
  const texts = [
    `{"a":[1,-2.5e3,true,null,"x\\"\\\\\\"y"],"model":"g\\\\","b":{"model":1}, "c" : [ ] } `,
    `[[[{}],[]],"\\\\\\\\"]`,
    `{"a":"\\`,
    `{"a" 1}`,
    `{"a":tru}`,
    `{"a":1,}`,
    `  "x\\"" `,
    `{"a":{"b":[}}`,
  ];
  for (const text of texts) {
    const body = Buffer.from(text);
    const atOnce: number[][] = [];
    const end = new JsonWalk(body, 0, { member: (...each) => void atOnce.push(each) }).advance();
    for (let size = 1; size < body.length; size++) {
      const found: number[][] = [];
      const walk = new JsonWalk(body, 0, { member: (...each) => void found.push(each) });
      let sliced: number | undefined;
      let until = 0;
      while (sliced === undefined && until <= body.length) sliced = walk.advance(until += size);
      assert.equal(sliced, end, `${text} in slices of ${size}`);
      assert.deepEqual(found, atOnce, `${text} in slices of ${size}`);
    }
  }
});

Deno.test("H15: a body that names its model thousands of times is refused", async () => {
  const body = filled(MB, ["{", `"model":"gpt",`, `"model":"gpt"}`]);
  assert.deepEqual((await received(body)).fields, { kind: "repetitive" });
});

Deno.test("H15: a model of megabytes is nobody's name, and is not decoded", async () => {
  const { models } = await received(filled(MB, [`{"model":"`, "\\u0061", `"}`]));
  assert.deepEqual(models.map(({ name }) => name), [undefined]);
});

/** The better of several goes, in milliseconds. */
function bestMs(work: () => void): number {
  return Math.min(...Array.from({ length: 3 }, () => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  }));
}

Deno.test("H15: issuedDigest() takes time in proportion to an id, padding and all", () => {
  const costMs = (length: number) => bestMs(() => void issuedDigest(`${"=".repeat(length)}x`));
  costMs(16_000);
  // It was quadratic: sixteen times as long took 256 times as much.
  const ratio = costMs(256_000) / Math.max(0.05, costMs(16_000));
  assert.ok(ratio < 64, `16 times as long takes ${ratio} times as much`);
  assert.equal(issuedDigest("a_b-=="), issuedDigest("a/b+"));
});
