import assert from "node:assert/strict";
import fc from "fast-check";
import { comparable } from "./response_fuzz.ts";
import { bodyIn, type Given, toldOf } from "./responses.ts";

const OK = "HTTP/1.1 200 OK\r\n";

/** The only fault that is told of such bytes. */
function faultIn(bytes: string, given: Given = {}): string {
  const told = toldOf([bytes], given);
  const last = told.at(-1);
  assert.equal(last?.kind, "fault", JSON.stringify(bytes));
  return last.kind === "fault" ? last.fault : "";
}

function headIn(bytes: string, given: Given = {}) {
  const head = toldOf([bytes], given).find(({ kind }) => kind === "head" || kind === "switch");
  return head?.kind === "head" || head?.kind === "switch" ? head : assert.fail(bytes);
}

Deno.test("ResponseParser tells head, body and end of a response with a length", () => {
  const bytes = `${OK}Content-Type: a\r\nCONTENT-length:  5\t\r\nX-é:\r\n\r\nhello`.replace(
    "é",
    "e",
  );
  assert.deepEqual(toldOf([bytes]), [
    {
      kind: "head",
      status: 200,
      headers: [["Content-Type", "a"], ["CONTENT-length", "5\t"], ["X-e", ""]],
      body: 5,
      keptSeconds: undefined,
    },
    { kind: "data", text: "hello" },
    { kind: "end", hasSurplus: false },
  ]);
});

Deno.test("ResponseParser gives header values one character a byte", () => {
  const value = Array.from({ length: 128 }, (_, at) => String.fromCharCode(128 + at)).join("");
  assert.deepEqual(headIn(`${OK}x: a\t${value}\r\n\r\n`).headers, [["x", `a\t${value}`]]);
});

const FRAMINGS: Readonly<Record<string, readonly [string, string, boolean]>> = {
  "a length": ["content-length: 10\r\n\r\n0123456789", "0123456789", false],
  "a length of zero": ["content-length: 0\r\n\r\n", "", false],
  "chunks": [
    "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n",
    "abc0123456789",
    false,
  ],
  "chunks with extensions": [
    'transfer-encoding: chunked\r\n\r\n1;a=b\r\nx\r\n1 ; c="d"\r\ny\r\n0;z\r\n\r\n',
    "xy",
    false,
  ],
  "chunks with trailers": [
    "Transfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n",
    "x",
    false,
  ],
  "an end": ["\r\nall up to the end", "all up to the end", true],
  "an end, said to be as it is": ["transfer-encoding: identity\r\n\r\nall", "all", true],
};

for (const [what, [bytes, text, ends]] of Object.entries(FRAMINGS)) {
  Deno.test(`ResponseParser reads a body framed by ${what}`, () => {
    assert.deepEqual(bodyIn(toldOf([OK + bytes], { ends })), { text, ending: "end" });
  });

  Deno.test(`ResponseParser sees what is left over after a body framed by ${what}`, () => {
    if (ends) return assert.equal(toldOf([OK + bytes]).at(-1)?.kind, "data");
    const told = toldOf([`${OK}${bytes}HTTP/1.1 200 OK\r\n\r\npoison`]);
    assert.deepEqual(bodyIn(told), { text, ending: "end" });
    assert.deepEqual(told.at(-1), { kind: "end", hasSurplus: true });
  });

  Deno.test(`ResponseParser takes a body framed by ${what} for whole at no earlier byte`, () => {
    const whole = OK + bytes;
    for (let at = 0; at < whole.length; at++) {
      const cut = bodyIn(toldOf([whole.slice(0, at)], { ends: true }));
      const isUnframed = ends && at >= whole.indexOf("\r\n\r\n") + 4;
      assert.equal(cut.ending, isUnframed ? "end" : "fault", whole.slice(0, at));
      assert.ok(text.startsWith(cut.text));
    }
  });
}

const BODILESS: readonly (readonly [string, Given])[] = [
  ["HTTP/1.1 204 No Content\r\n\r\n", {}],
  ["HTTP/1.1 304 Not Modified\r\ncontent-length: 77\r\n\r\n", {}],
  ["HTTP/1.1 200 OK\r\ncontent-length: 77\r\n\r\n", { method: "HEAD" }],
  ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", { method: "HEAD" }],
  ["HTTP/1.1 404 X\r\n\r\n", { method: "HEAD" }],
];

for (const [bytes, given] of BODILESS) {
  Deno.test(`ResponseParser knows that there is no body: ${JSON.stringify([bytes, given])}`, () => {
    const told = toldOf([bytes], given);
    assert.deepEqual(told.map(({ kind }) => kind), ["head", "end"]);
    assert.deepEqual(toldOf([`${bytes}stray`], given).at(-1), { kind: "end", hasSurplus: true });
  });
}

Deno.test("ResponseParser passes interim responses over", () => {
  const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
  const told = toldOf([`${interim}${OK}content-length: 1\r\n\r\nx`]);
  assert.deepEqual(told.map(({ kind }) => kind), ["interim", "interim", "head", "data", "end"]);
  const endless = "HTTP/1.1 102 Processing\r\n\r\n".repeat(65);
  assert.match(faultIn(endless), /too many interim/);
});

Deno.test("ResponseParser passes blank lines before a status line over", () => {
  assert.equal(headIn(`\r\n\n${OK}content-length: 0\r\n\r\n`).status, 200);
});

const SWITCH = "HTTP/1.1 101 X\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";

Deno.test("ResponseParser hands over what follows a switch of protocols that was asked for", () => {
  const told = toldOf([`${SWITCH}\x81\0frame`], { upgrade: true });
  assert.deepEqual(told.map(({ kind }) => kind), ["switch", "rest"]);
  assert.deepEqual(told.at(-1), { kind: "rest", text: "\x81\0frame" });
});

Deno.test("ResponseParser takes no switch of protocols that was not asked for, or is none", () => {
  assert.match(faultIn(SWITCH), /status 101/);
  for (const without of ["Upgrade: websocket\r\n", "Connection: keep-alive, Upgrade\r\n"]) {
    assert.match(faultIn(SWITCH.replace(without, ""), { upgrade: true }), /status 101/);
  }
});

const KEPT: readonly (readonly [string, number | undefined])[] = [
  ["HTTP/1.1 200 OK\r\n", undefined],
  ["HTTP/1.1 200 OK\r\nConnection: close\r\n", 0],
  ["HTTP/1.1 200 OK\r\nConnection: x, Close\r\n", 0],
  ["HTTP/1.1 200 OK\r\nConnection: x\r\nconnection: close\r\n", 0],
  ["HTTP/1.1 200 OK\r\nConnection: closed\r\n", undefined],
  ["HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5, max=100\r\n", 5],
  ["HTTP/1.1 200 OK\r\nKeep-Alive: max=100\r\n", undefined],
  ["HTTP/1.0 200 OK\r\n", 0],
  ["HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", undefined],
  ["HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=7\r\n", 7],
];

Deno.test("ResponseParser tells how long a connection may be kept", () => {
  for (const [head, kept] of KEPT) {
    assert.equal(headIn(`${head}content-length: 0\r\n\r\n`).keptSeconds, kept, head);
  }
  assert.equal(headIn(`${OK}\r\n`).keptSeconds, 0);
  const chunked = "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n";
  assert.equal(headIn(chunked).keptSeconds, 0);
});

const ANNOUNCED: readonly (readonly [head: string, method: string, number | undefined])[] = [
  ["204 X\r\ncontent-length: 80\r\n", "POST", 0],
  ["204 X\r\ncontent-length: 80, 80\r\n", "GET", 0],
  ["204 X\r\ntransfer-encoding: chunked\r\n", "POST", 0],
  ["304 X\r\ncontent-length: 80\r\nkeep-alive: timeout=5\r\n", "GET", 0],
  ["304 X\r\ntransfer-encoding: chunked\r\n", "GET", 0],
  ["204 X\r\n", "POST", undefined],
  ["204 X\r\ncontent-length: 0\r\n", "POST", undefined],
  ["304 X\r\ncontent-length: 0\r\nkeep-alive: timeout=5\r\n", "GET", 5],
  ["200 X\r\ncontent-length: 80\r\n", "HEAD", undefined],
  ["304 X\r\ncontent-length: 80\r\n", "HEAD", undefined],
];

Deno.test("ResponseParser keeps no connection on which a body may follow that no answer has", () => {
  for (const [head, method, kept] of ANNOUNCED) {
    assert.equal(headIn(`HTTP/1.1 ${head}\r\n`, { method }).keptSeconds, kept, head);
  }
});

Deno.test("ResponseParser's faults quote no value of the response", () => {
  for (const value of ["secret-value", `${"9".repeat(85)}secret-value`, "1, secret-value"]) {
    for (const name of ["content-length", "transfer-encoding"]) {
      assert.doesNotMatch(faultIn(`${OK}${name}: ${value}\r\n\r\n`), /secret/);
    }
  }
});

const MALFORMED: readonly string[] = [
  "SSH-2.0-OpenSSH_9.2",
  "{}",
  "\x16\x03\x01",
  "http/1.1 200 OK\r\n",
  "HTTP/2.0 200 OK\r\n",
  "HTTP/1.1  200 OK\r\n",
  "HTTP/1.1 20 OK\r\n",
  "HTTP/1.1 2000 OK\r\n",
  "HTTP/1.1 099 OK\r\n",
  "HTTP/1.1 200 O\0K\r\n",
  "HTTP/1.1 200 OK\rx",
  `${OK} x: a\r\n`,
  `${OK}\tx: a\r\n`,
  `${OK}x: a\r\n b\r\n`,
  `${OK}: a\r\n`,
  `${OK}xa\r\n`,
  `${OK}x@y: a\r\n`,
  `${OK}x\xe9: a\r\n`,
  `${OK}x: a\0\r\n`,
  `${OK}x: a\x7f\r\n`,
  `${OK}x: a\rb\r\n`,
  `${OK}\r\r`,
  `${OK}x y: a\r\n`,
  `${OK}x \r\n: a\r\n`,
  `${OK}x\n: a\n`,
  "HTTP/1.1 200 OK\n x: a\n",
];

/** What is not quite as it should be, and can be read in one way alone. */
const SLOPPY: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ["HTTP/1.1 200 OK\nx: a\ny: b\n\n", [["x", "a"], ["y", "b"]]],
  ["HTTP/1.1 200 OK\r\nx: a\ny: b\r\n\n", [["x", "a"], ["y", "b"]]],
  ["HTTP/1.1 200\nx: a\n\r\n", [["x", "a"]]],
  ["HTTP/1.1 200\r\nx:\r\n\r\n", [["x", ""]]],
  ["HTTP/1.7 200 OK\r\nx : a\r\ny\t \t:b\r\n\r\n", [["x", "a"], ["y", "b"]]],
];

Deno.test("ResponseParser takes a sloppy head that can be read in one way alone", () => {
  for (const [bytes, headers] of SLOPPY) assert.deepEqual(headIn(bytes).headers, headers, bytes);
});

Deno.test("ResponseParser takes a length that is said more than once, and says it once", () => {
  for (
    const lines of [
      "content-length: 3\r\nContent-Length: 3",
      "content-length: 3, 3",
      "content-length: 3 ,\t3\r\nContent-length: 03",
      "content-length : 3\ncontent-length: 3",
    ]
  ) {
    const told = toldOf([`${OK}x: a\r\n${lines}\r\ny: b\r\n\r\nabc`]);
    const [head] = told;
    assert.ok(head?.kind === "head", lines);
    assert.deepEqual(head.headers, [["x", "a"], ["content-length", "3"], ["y", "b"]]);
    assert.deepEqual(bodyIn(told), { text: "abc", ending: "end" });
  }
});

Deno.test("ResponseParser takes a malformed head for no response, at the first byte that is wrong", () => {
  for (const bytes of MALFORMED) {
    assert.match(faultIn(bytes), /head has a malformed|does not begin with HTTP/);
    assert.deepEqual(toldOf([bytes]).length, 1);
  }
});

const CONTRADICTING: readonly string[] = [
  "content-length: 3\r\ncontent-length: 4",
  "content-length: 3, 4",
  "content-length: 3,",
  "content-length: , 3",
  "content-length: 3 3",
  "content-length: 3\ntransfer-encoding : chunked",
  "content-length: -1",
  "content-length: +3",
  "content-length: 0x3",
  "content-length: 3.0",
  "content-length:",
  "content-length: 99999999999999999999",
  "content-length: 3\r\ntransfer-encoding: chunked",
  "transfer-encoding: chunked\r\ncontent-length: 3",
  "transfer-encoding:\r\ncontent-length: 3",
  "transfer-encoding: gzip",
  "transfer-encoding: gzip, chunked",
  "transfer-encoding: chunked, gzip",
  "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
  "transfer-encoding: \x0bchunked",
  "transfer-encoding: xchunked",
];

Deno.test("ResponseParser takes a length that is not to be known for no response", () => {
  for (const lines of CONTRADICTING) {
    const told = toldOf([`${OK}${lines}\r\n\r\n0\r\n\r\n`]);
    assert.deepEqual(told.map(({ kind }) => kind), ["fault"], lines);
  }
});

const BAD_CHUNKS: readonly string[] = [
  "\r\n",
  "g\r\n",
  "-1\r\n",
  "0x1\r\n",
  " 1\r\n",
  "1\n",
  "1\rx",
  "1;a\nx",
  "1;a\0\r\n",
  ";a\r\n",
  "1\r\nxy",
  "1\r\nx\n",
  "1\r\nx\r0",
  "20000000000000\r\n",
  `${"0".repeat(17)}1\r\n`,
  `1;${"a".repeat(5_000)}\r\n`,
  "0\r\n bad\r\n",
  "0\r\nbad\r\n",
  `0\r\nx: ${"a".repeat(70_000)}\r\n`,
];

Deno.test("ResponseParser takes no chunks that are malformed, and gives what came before them", () => {
  for (const chunks of BAD_CHUNKS) {
    const told = toldOf([`${OK}transfer-encoding: chunked\r\n\r\n5\r\nwhole\r\n${chunks}`]);
    const { text, ending } = bodyIn(told);
    assert.equal(ending, "fault", JSON.stringify(chunks));
    assert.ok(text.startsWith("whole"));
  }
});

Deno.test("ResponseParser takes heads up to 64 KiB, however they come", () => {
  const rest = `${OK}x: \r\n\r\n`.length;
  const withBytes = (bytes: number) => `${OK}x: ${"a".repeat(bytes - rest)}\r\n\r\n`;
  for (const bytes of [65_536, 65_537]) {
    const whole = withBytes(bytes);
    const expected = bytes > 65_536 ? "fault" : "head";
    assert.equal(toldOf([whole])[0]?.kind, expected);
    assert.equal(toldOf(Array.from(whole))[0]?.kind, expected);
  }
  const endless = Array.from({ length: 10 }, () => "x: " + "a".repeat(10_000) + "\r\n");
  assert.equal(toldOf([OK, ...endless]).at(-1)?.kind, "fault");
});

Deno.test("ResponseParser tells nothing more once it is stopped", () => {
  assert.deepEqual(toldOf([]), []);
  const after = toldOf([`${OK}content-length: 0\r\n\r\n`, "HTTP/1.1 200 OK\r\n\r\n", "garbage"]);
  assert.deepEqual(after.map(({ kind }) => kind), ["head", "end"]);
});

/** Responses, whole or not, whose every cut must tell the same. */
const RESPONSES: readonly (readonly [string, Given])[] = [
  ...SLOPPY.map(([bytes]) => [`${bytes}abc`, {}] as const),
  ...Object.values(FRAMINGS).map(([bytes, , ends]) => [OK + bytes, { ends }] as const),
  ...BODILESS,
  [`HTTP/1.1 100 X\r\n\r\nHTTP/1.1 103 Y\r\na: b\r\n\r\n${OK}content-length: 2\r\n\r\nxyz`, {}],
  ...MALFORMED.map((bytes) => [bytes, {}] as const),
  ...CONTRADICTING.map((lines) => [`${OK}${lines}\r\n\r\nabc`, {}] as const),
  ...BAD_CHUNKS.filter(({ length }) => length < 100).map((chunks) =>
    [`${OK}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n${chunks}`, {}] as const
  ),
];

Deno.test("ResponseParser tells the same wherever the bytes are cut", () => {
  for (const [bytes, given] of RESPONSES) {
    const whole = comparable(toldOf([bytes], given));
    for (let at = 0; at <= bytes.length; at++) {
      const cut = comparable(toldOf([bytes.slice(0, at), bytes.slice(at)], given));
      assert.deepEqual(cut, whole, JSON.stringify([bytes, at]));
    }
    assert.deepEqual(comparable(toldOf(Array.from(bytes), given)), whole, JSON.stringify(bytes));
  }
});

const RESPONSE = fc.constantFrom(...RESPONSES);

Deno.test("ResponseParser tells the same of any pieces", () => {
  fc.assert(
    fc.property(RESPONSE, fc.array(fc.nat(40)), ([bytes, given], sizes) => {
      const pieces: string[] = [];
      let at = 0;
      for (const size of sizes) pieces.push(bytes.slice(at, at += size));
      pieces.push(bytes.slice(at));
      const told = toldOf(pieces, given);
      assert.deepEqual(comparable(told), comparable(toldOf([bytes], given)));
    }),
    { numRuns: 2_000 },
  );
});
