/**
 * What a backend sends, and what becomes of it: the bytes, what the caller gets, whether the connection
 * carries another request afterwards, and the section of RFC 9112 (or, with `9110`, of that one).
 */

/** What the caller gets: a reply with this body, a reply that breaks off after it, or an answer of ours. */
export type Gets =
  | { readonly kind: "whole" | "cut"; readonly status: number; readonly body: string }
  | { readonly kind: "fault"; readonly why: RegExp };

export interface ResponseVector {
  readonly name: string;
  readonly rfc: string;
  /** One byte a character. */
  readonly bytes: string;
  readonly method: string;
  /** Whether the backend ends the connection after the last byte. */
  readonly ends: boolean;
  readonly gets: Gets;
  /** Header lines that the caller gets, less those of the hop; undefined where they are of no matter. */
  readonly lines: readonly string[] | undefined;
  readonly kept: boolean;
}

type Given = Partial<
  Pick<ResponseVector, "method" | "ends" | "lines" | "kept"> & {
    readonly status: number;
    /** What is wrong with a fault, where it is not its head's form. */
    readonly why: RegExp;
  }
>;

const HEAD_FORM = /malformed|does not begin with HTTP/;

function vector(name: string, rfc: string, bytes: string, gets: Gets, given: Given) {
  const { method = "POST", ends = false, lines, kept = gets.kind === "whole" && !ends } = given;
  return { name, rfc, bytes, method, ends, gets, lines, kept };
}

/** The caller gets all of it. */
function whole(name: string, rfc: string, bytes: string, body: string, given: Given = {}) {
  const { status = 200 } = given;
  return vector(name, rfc, bytes, { kind: "whole", status, body }, given);
}

/** The caller gets the start of it, and sees that it is cut. */
function cut(name: string, rfc: string, bytes: string, body: string, given: Given = {}) {
  return vector(name, rfc, bytes, { kind: "cut", status: given.status ?? 200, body }, given);
}

/** The caller gets none of it. */
function fault(name: string, rfc: string, bytes: string, given: Given = {}) {
  return vector(name, rfc, bytes, { kind: "fault", why: given.why ?? HEAD_FORM }, given);
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const ABC = "Content-Length: 3\r\n\r\nabc";
const POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
const LOST = /CONNECTION_LOST|the connection broke/;
const LENGTH = /content-length/;
const CODING = /transfer-encoding|transfer coding/;

const STATUS_LINES: readonly ResponseVector[] = [
  whole("a status and a reason", "4", `${OK}${ABC}`, "abc"),
  whole("no reason, and its space", "4", `HTTP/1.1 200 \r\n${ABC}`, "abc"),
  whole("no reason and no space", "4", `HTTP/1.1 200\r\n${ABC}`, "abc"),
  whole("a long reason", "4", `HTTP/1.1 200 ${"so ".repeat(1000)}\r\n${ABC}`, "abc"),
  whole("a reason beyond ASCII", "4", `HTTP/1.1 200 d\xe9j\xe0\r\n${ABC}`, "abc"),
  whole("a reason with a tab", "4", `HTTP/1.1 200 a\tb\r\n${ABC}`, "abc"),
  whole("blank lines before it", "2.2", `\r\n\r\n${OK}${ABC}`, "abc"),
  whole("a bare LF before it", "2.2", `\n${OK}${ABC}`, "abc"),
  whole("a bare LF after it", "2.2", `HTTP/1.1 200 OK\n${ABC}`, "abc"),
  whole("a later minor version", "9110 2.5", `HTTP/1.9 200 OK\r\n${ABC}`, "abc"),
  whole("an unknown status", "9110 15", `HTTP/1.1 299 Odd\r\n${ABC}`, "abc", { status: 299 }),
  whole("a status of a class alone", "9110 15", `HTTP/1.1 599 X\r\n${ABC}`, "abc", { status: 599 }),
  whole("HTTP/1.0, which ends", "9.3", `HTTP/1.0 200 OK\r\n${ABC}`, "abc", { kept: false }),
  whole(
    "HTTP/1.0 that is kept",
    "9.3",
    `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n${ABC}`,
    "abc",
  ),
  whole("HTTP/1.0 without a length", "6.3", "HTTP/1.0 200 OK\r\n\r\nabc", "abc", { ends: true }),
  fault("HTTP/2.0", "2.3", `HTTP/2.0 200 OK\r\n${ABC}`),
  fault("HTTP/0.9: a body alone", "2.3", "<html>hello</html>"),
  fault("a version in lower case", "2.3", `http/1.1 200 OK\r\n${ABC}`),
  fault("no version", "4", `200 OK\r\n${ABC}`),
  fault("a version without its minor", "2.3", `HTTP/1 200 OK\r\n${ABC}`),
  fault("a minor version of two digits", "2.3", `HTTP/1.10 200 OK\r\n${ABC}`),
  fault("two spaces before the status", "4", `HTTP/1.1  200 OK\r\n${ABC}`),
  fault("a tab before the status", "4", `HTTP/1.1\t200 OK\r\n${ABC}`),
  fault("a status of two digits", "4", `HTTP/1.1 20 OK\r\n${ABC}`),
  fault("a status of four digits", "4", `HTTP/1.1 2000 OK\r\n${ABC}`),
  fault("a status below 100", "4", `HTTP/1.1 099 OK\r\n${ABC}`),
  fault("a status with a sign", "4", `HTTP/1.1 +20 OK\r\n${ABC}`),
  fault("a status above 599", "9110 15", `HTTP/1.1 600 X\r\n${ABC}`, { why: /no status 600/ }),
  fault("a NUL in the reason", "4", `HTTP/1.1 200 O\0K\r\n${ABC}`),
  fault("a bare CR in the reason", "2.2", `HTTP/1.1 200 O\rK\r\n${ABC}`),
  fault("a space before it", "4", ` ${OK}${ABC}`),
  fault("an ICY status line", "4", `ICY 200 OK\r\n${ABC}`),
  fault("a greeting of SSH", "4", "SSH-2.0-OpenSSH_9.2\r\n"),
  fault("an alert of TLS", "4", "\x15\x03\x03\0\x02\x02F"),
  fault("a preface of HTTP/2", "4", "\0\0\x12\x04\0\0\0\0\0"),
  fault("a request", "4", `GET / HTTP/1.1\r\nHost: x\r\n\r\n`),
  fault("nothing at all", "8", "", { ends: true, why: LOST }),
  fault("an end within it", "8", "HTTP/1.1 20", { ends: true, why: LOST }),
];

const FIELDS: readonly ResponseVector[] = [
  whole(
    "fields in their order and spelling",
    "5",
    `${OK}X-b: 1\r\nx-A: 2\r\nX-B: 3\r\n${ABC}`,
    "abc",
    {
      lines: ["X-b: 1", "x-A: 2", "X-B: 3"],
    },
  ),
  whole("an empty value", "5", `${OK}x:\r\n${ABC}`, "abc", { lines: ["x: "] }),
  whole("blanks around a value", "5.1", `${OK}x: \t a b \r\n${ABC}`, "abc"),
  whole("no blank before a value", "5.1", `${OK}x:a\r\n${ABC}`, "abc", { lines: ["x: a"] }),
  whole("bytes above 127 in a value", "5.5", `${OK}x: \x80\xff\r\n${ABC}`, "abc", {
    lines: ["x: \x80\xff"],
  }),
  whole("a value with a colon", "5", `${OK}x: a:b:c\r\n${ABC}`, "abc", { lines: ["x: a:b:c"] }),
  whole("a name of every token character", "5.1", `${OK}!#$%&'*+-.^_\`|~09aZ: x\r\n${ABC}`, "abc", {
    lines: ["!#$%&'*+-.^_`|~09aZ: x"],
  }),
  whole("a blank before a colon", "5.1", `${OK}x : a\r\n${ABC}`, "abc", { lines: ["x: a"] }),
  whole("a bare LF after a field", "2.2", `${OK}x: a\ny: b\r\n${ABC}`, "abc", {
    lines: ["x: a", "y: b"],
  }),
  whole("bare LFs alone", "2.2", `HTTP/1.1 200 OK\nContent-Length: 3\n\nabc`, "abc"),
  whole("a head of nearly 64 KiB", "5.4", `${OK}x: ${"a".repeat(65_000)}\r\n${ABC}`, "abc"),
  fault("a head of over 64 KiB", "5.4", `${OK}x: ${"a".repeat(66_000)}\r\n${ABC}`, {
    why: /over 64 KiB/,
  }),
  fault("a line that is folded", "5.2", `${OK}x: a\r\n b\r\n${ABC}`),
  fault("a line folded by a tab", "5.2", `${OK}x: a\r\n\tb\r\n${ABC}`),
  fault("a length that is folded", "5.2", `${OK}Content-Length:\r\n 3\r\n\r\nabc`),
  fault("a fold before the first field", "2.2", `${OK} x: a\r\n${ABC}`),
  fault("no name", "5.1", `${OK}: a\r\n${ABC}`),
  fault("no colon", "5", `${OK}xa\r\n${ABC}`),
  fault("a blank within a name", "5.1", `${OK}x y: a\r\n${ABC}`),
  fault("a name with a character that names have not", "5.1", `${OK}x@y: a\r\n${ABC}`),
  fault("a name beyond ASCII", "5.1", `${OK}\xe9: a\r\n${ABC}`),
  fault("a NUL in a name", "5.1", `${OK}x\0: a\r\n${ABC}`),
  fault("a NUL in a value", "5.5", `${OK}x: a\0b\r\n${ABC}`),
  fault("a DEL in a value", "5.5", `${OK}x: a\x7fb\r\n${ABC}`),
  fault("a control character in a value", "5.5", `${OK}x: a\x01b\r\n${ABC}`),
  fault("a bare CR in a value", "2.2", `${OK}x: a\rb\r\n${ABC}`),
  fault("a bare CR at the end", "2.2", `${OK}x: a\r\n\r\r${ABC}`),
  fault("an end within the fields", "8", `${OK}x: a\r\n`, { ends: true, why: LOST }),
];

const LENGTHS: readonly ResponseVector[] = [
  whole("a length of zero", "6.3", `${OK}Content-Length: 0\r\n\r\n`, ""),
  whole("a length with zeros before it", "6.3", `${OK}Content-Length: 0003\r\n\r\nabc`, "abc"),
  whole("the same length twice", "6.3", `${OK}content-length: 3\r\n${ABC}`, "abc", { lines: [] }),
  whole("the same length in a list", "6.3", `${OK}Content-Length: 3, 3\r\n\r\nabc`, "abc"),
  whole(
    "a length with a blank before its colon",
    "5.1",
    `${OK}Content-Length : 3\r\n\r\nabc`,
    "abc",
  ),
  fault("two lengths", "6.3", `${OK}Content-Length: 4\r\n${ABC}`, { why: LENGTH }),
  fault(
    "two lengths, one with a blank before its colon",
    "6.3",
    `${OK}Content-Length : 4\r\n${ABC}`,
    {
      why: LENGTH,
    },
  ),
  fault("two lengths, one after a bare LF", "6.3", `${OK}x: a\nContent-Length: 4\r\n${ABC}`, {
    why: LENGTH,
  }),
  fault("two lengths in a list", "6.3", `${OK}Content-Length: 3, 4\r\n\r\nabc`, { why: LENGTH }),
  fault("a list with an empty place", "6.3", `${OK}Content-Length: 3,\r\n\r\nabc`, { why: LENGTH }),
  ...["", "-3", "+3", "0x3", "3.0", "3e0", "3 3", "3;", "abc", '"3"', "99999999999999999999"]
    .map((length) =>
      fault(
        `a length of ${JSON.stringify(length)}`,
        "6.3",
        `${OK}Content-Length: ${length}\r\n\r\nabc`,
        {
          why: LENGTH,
        },
      )
    ),
  cut("a body short of its length", "8", `${OK}Content-Length: 10\r\n\r\nabc`, "abc", {
    ends: true,
  }),
  whole("a byte too many", "6.3", `${OK}${ABC}x`, "abc", { kept: false }),
  whole("another reply behind it", "9.2", `${OK}${ABC}${POISON}`, "abc", { kept: false }),
  whole("a line end too many", "6.3", `${OK}${ABC}\r\n`, "abc", { kept: false }),
];

const CODINGS: readonly ResponseVector[] = [
  whole("chunks", "7.1", `${CHUNKED}1\r\na\r\n2\r\nbc\r\n0\r\n\r\n`, "abc"),
  whole(
    "sizes in hexadecimal, either case",
    "7.1",
    `${CHUNKED}a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n`,
    "01234567890123456789",
  ),
  whole("a size with zeros before it", "7.1", `${CHUNKED}0003\r\nabc\r\n000\r\n\r\n`, "abc"),
  whole(
    "extensions, which are dropped",
    "7.1.1",
    `${CHUNKED}3;a=b;c="d"\r\nabc\r\n0;e\r\n\r\n`,
    "abc",
  ),
  whole("a blank after a size", "7.1.1", `${CHUNKED}3 \r\nabc\r\n0 \r\n\r\n`, "abc"),
  whole(
    "trailers, which are dropped",
    "7.1.2",
    `${CHUNKED}3\r\nabc\r\n0\r\nX: y\r\nContent-Length: 9\r\n\r\n`,
    "abc",
    { lines: [] },
  ),
  whole(
    "the coding in another case",
    "7",
    `${OK}Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    "abc",
  ),
  whole("no chunk with data", "7.1", `${CHUNKED}0\r\n\r\n`, ""),
  whole("another reply behind chunks", "9.2", `${CHUNKED}3\r\nabc\r\n0\r\n\r\n${POISON}`, "abc", {
    kept: false,
  }),
  whole(
    "chunks of HTTP/1.0, which are not kept",
    "6.1",
    `HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    "abc",
    { kept: false },
  ),
  whole("identity, up to the end", "6.3", `${OK}Transfer-Encoding: identity\r\n\r\nabc`, "abc", {
    ends: true,
  }),
  fault(
    "a length, then chunks",
    "6.3",
    `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    { why: CODING },
  ),
  fault(
    "chunks, then a length",
    "6.3",
    `${OK}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    { why: CODING },
  ),
  fault(
    "chunks with a blank before the colon, and a length",
    "6.3",
    `${OK}Transfer-Encoding : chunked\r\n${ABC}`,
    { why: CODING },
  ),
  fault(
    "chunks after a bare LF, and a length",
    "6.3",
    `${OK}x: a\nTransfer-Encoding: chunked\r\n${ABC}`,
    { why: CODING },
  ),
  fault("an empty coding, and a length", "6.3", `${OK}Transfer-Encoding:\r\n${ABC}`, {
    why: CODING,
  }),
  ...[
    "gzip",
    "gzip, chunked",
    "chunked, gzip",
    "chunked, chunked",
    "xchunked",
    "chunked;q=1",
    "cow",
    '"chunked"',
  ]
    .map((coding) =>
      fault(
        `the coding ${coding}`,
        "7",
        `${OK}Transfer-Encoding: ${coding}\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
        { why: CODING },
      )
    ),
  ...["g", "-1", "0x1", " 1", "", "1\n", "1_0", "20000000000000", "00000000000000001"].map((size) =>
    cut(
      `a chunk size of ${JSON.stringify(size)}`,
      "7.1",
      `${CHUNKED}3\r\nabc\r\n${size}\r\nx\r\n0\r\n\r\n`,
      "abc",
    )
  ),
  cut("a chunk longer than its size", "7.1", `${CHUNKED}3\r\nabcd\r\n0\r\n\r\n`, "abc"),
  cut("a chunk that ends in LF alone", "7.1", `${CHUNKED}3\r\nabc\n0\r\n\r\n`, "abc"),
  cut(
    "a chunk size that ends in LF alone",
    "7.1",
    `${CHUNKED}3\r\nabc\r\n3\nabc\r\n0\r\n\r\n`,
    "abc",
  ),
  cut("extensions without an end", "7.1.1", `${CHUNKED}3\r\nabc\r\n1;${"a".repeat(5000)}`, "abc"),
  cut("trailers that are folded", "7.1.2", `${CHUNKED}3\r\nabc\r\n0\r\nx: a\r\n b\r\n\r\n`, "abc"),
  cut("no last chunk", "8", `${CHUNKED}3\r\nabc\r\n`, "abc", { ends: true }),
  cut("an end within a chunk", "8", `${CHUNKED}5\r\nabc`, "abc", { ends: true }),
  cut("an end within the trailers", "8", `${CHUNKED}3\r\nabc\r\n0\r\nx: a\r\n`, "abc", {
    ends: true,
  }),
];

const ENDS: readonly ResponseVector[] = [
  whole("no framing: all up to the end", "6.3", `${OK}\r\nabc`, "abc", { ends: true }),
  whole("no framing, and nothing", "6.3", `${OK}\r\n`, "", { ends: true }),
  whole(
    "no framing: what looks like a reply is body",
    "6.3",
    `${OK}\r\nabc${POISON}`,
    `abc${POISON}`,
    { ends: true },
  ),
  whole("Connection: close", "9.6", `${OK}Connection: close\r\n${ABC}`, "abc", { kept: false }),
  whole("close among others", "9.6", `${OK}Connection: x, Close\r\n${ABC}`, "abc", { kept: false }),
  whole("a keep-alive that says 0", "9.3", `${OK}Keep-Alive: timeout=0\r\n${ABC}`, "abc", {
    kept: false,
  }),
  whole("a keep-alive that says 60", "9.3", `${OK}Keep-Alive: timeout=60\r\n${ABC}`, "abc"),
];

const BODILESS: readonly ResponseVector[] = [
  whole("204", "6.3", "HTTP/1.1 204 No Content\r\n\r\n", "", { status: 204 }),
  whole("304 with a length", "6.3", "HTTP/1.1 304 X\r\nContent-Length: 77\r\n\r\n", "", {
    status: 304,
    kept: false,
  }),
  whole("204 with a body", "6.3", `HTTP/1.1 204 X\r\n${ABC}`, "", { status: 204, kept: false }),
  whole("a reply behind a 204", "9.2", `HTTP/1.1 204 X\r\n\r\n${POISON}`, "", {
    status: 204,
    kept: false,
  }),
  whole("205 with a length of zero", "6.3", `HTTP/1.1 205 X\r\nContent-Length: 0\r\n\r\n`, "", {
    status: 205,
  }),
  whole("a reply to HEAD", "6.3", `${OK}Content-Length: 77\r\n\r\n`, "", {
    method: "HEAD",
    kept: false,
  }),
  whole("a reply to HEAD with a body", "6.3", `${OK}${ABC}`, "", { method: "HEAD", kept: false }),
  whole("chunks that HEAD does not get", "6.3", CHUNKED, "", { method: "HEAD", kept: false }),
];

const INTERIM: readonly ResponseVector[] = [
  whole("100 before it", "9110 15.2", `HTTP/1.1 100 Continue\r\n\r\n${OK}${ABC}`, "abc", {
    lines: [],
  }),
  whole(
    "102 and 103 with fields",
    "9110 15.2",
    `HTTP/1.1 102 X\r\n\r\nHTTP/1.1 103 X\r\nLink: <a>\r\n\r\n${OK}${ABC}`,
    "abc",
    { lines: [] },
  ),
  whole(
    "an interim response with a length, which has no body",
    "6.3",
    `HTTP/1.1 103 X\r\nContent-Length: 3\r\n\r\n${OK}${ABC}`,
    "abc",
  ),
  fault(
    "a final response hidden in an interim one's body",
    "6.3",
    `HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\nxxxxx${OK}${ABC}`,
  ),
  fault("over 64 interim responses", "9110 15.2", "HTTP/1.1 102 X\r\n\r\n".repeat(65), {
    why: /too many interim/,
  }),
  fault(
    "101 that nobody asked for",
    "9110 7.8",
    `HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n${POISON}`,
    { why: /status 101/ },
  ),
  fault("101 without the protocol", "9110 7.8", `HTTP/1.1 101 X\r\n\r\n${POISON}`, {
    why: /status 101/,
  }),
  fault("an end after an interim response", "8", "HTTP/1.1 100 Continue\r\n\r\n", {
    ends: true,
    why: LOST,
  }),
];

/** All of them. */
export const RESPONSE_VECTORS: readonly ResponseVector[] = [
  ...STATUS_LINES,
  ...FIELDS,
  ...LENGTHS,
  ...CODINGS,
  ...ENDS,
  ...BODILESS,
  ...INTERIM,
];
