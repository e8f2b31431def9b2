/**
 * What a caller sends, byte for byte, and what must come of it: the answers in their order, whether the
 * connection serves on afterwards, and what the backend received. Conformance and smuggling.
 */

export interface RequestVector {
  readonly name: string;
  /** Where it is said, such as `9112 3.2`. */
  readonly section: string;
  /** What is sent, one byte a character; several pieces are sent one after the other. */
  readonly send: readonly string[];
  /** The statuses of all answers, in order; interim ones too. */
  readonly answers: readonly number[];
  /** Whether another request is answered on the connection afterwards. */
  readonly servesOn: boolean;
  /** What the backend received: `POST /v1/x body`, each. */
  readonly backend: readonly string[];
}

/** What follows a vector on its connection, where it serves on. */
export const NEXT = "GET /v1/models/next HTTP/1.1\r\nHost: a\r\n\r\n";
/** How its answer ends. */
export const NEXT_ANSWER = /There is no model [^\r\n]*\}$/;

const BODY = `{"model":"chat"}`;
/** What the backend gets of it. */
const GOT = `{"model":"chat"}`;
const POST = `POST /v1/x HTTP/1.1\r\nHost: a\r\n`;
const LENGTH = `Content-Length: ${BODY.length}\r\n`;
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const CHUNKS = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
const SMUGGLED = "GET /v1/SMUGGLED HTTP/1.1\r\nHost: x\r\n\r\n";

type Sent = string | readonly string[];

function vector(
  section: string,
  name: string,
  sent: Sent,
  rest: Pick<RequestVector, "answers" | "servesOn" | "backend">,
): RequestVector {
  return { section, name, send: typeof sent === "string" ? [sent] : sent, ...rest };
}

/** Refused before anybody is asked; the connection ends with it. */
function refused(section: string, name: string, sent: Sent, status = 400): RequestVector {
  return vector(section, name, sent, { answers: [status], servesOn: false, backend: [] });
}

/** One request, which the backend gets once, as it was meant. */
function taken(
  section: string,
  name: string,
  sent: Sent,
  { got = `POST /v1/x ${GOT}`, answers = [200], servesOn = true }: {
    readonly got?: string;
    readonly answers?: readonly number[];
    readonly servesOn?: boolean;
  } = {},
): RequestVector {
  return vector(section, name, sent, { answers, servesOn, backend: [got] });
}

/** Answered by the proxy itself. */
function own(
  section: string,
  name: string,
  sent: Sent,
  { answers = [200], servesOn = true }: {
    readonly answers?: readonly number[];
    readonly servesOn?: boolean;
  } = {},
): RequestVector {
  return vector(section, name, sent, { answers, servesOn, backend: [] });
}

const withLine = (line: string) => `${POST}${line}\r\n${LENGTH}\r\n${BODY}`;
const firstLine = (line: string) => `${line}\r\nHost: a\r\n${LENGTH}\r\n${BODY}`;
const get = (target: string, line = "") => `GET ${target} HTTP/1.1\r\nHost: a\r\n${line}\r\n`;
const inChunks = (chunks: string, line = "") => `${POST}${line}${CHUNKED}\r\n${chunks}`;
const hex = (code: number) => code.toString(16).padStart(2, "0");
const char = (code: number) => String.fromCharCode(code);

/** Every control character but the tab and what ends a line. */
const CONTROLS = [...Array(32).keys(), 0x7f].filter((code) => ![0x09, 0x0a, 0x0d].includes(code));
/** What is neither a letter nor a digit nor a sign that a token has. */
const NO_TOKEN = [...'"(),/;<=>?@[\\]{}'];
const TOKEN_SIGNS = [..."!#$%&'*+-.^_`|~"];

const LINES: readonly RequestVector[] = [
  taken("9112 2.1", "a request as everybody sends it", `${POST}${LENGTH}\r\n${BODY}`),
  refused("9112 2.2", "a bare LF after the first line", `POST /v1/x HTTP/1.1\nHost: a\r\n\r\n`),
  refused("9112 2.2", "a bare LF after a header", `${POST}X-A: b\n${LENGTH}\r\n${BODY}`),
  refused(
    "9112 2.2",
    "a bare LF that hides a header",
    `${POST}X-A: b\nTransfer-Encoding: chunked\r\n${LENGTH}\r\n${BODY}`,
  ),
  refused(
    "9112 2.2",
    "bare LFs alone",
    `POST /v1/x HTTP/1.1\nHost: a\nContent-Length: 16\n\n${BODY}`,
  ),
  refused("9112 2.2", "a bare LF before the blank line", `${POST}${LENGTH}\n${BODY}`),
  refused("9112 2.2", "a bare LF as the blank line", `${POST}Content-Length: 16\r\n\n${BODY}`),
  refused("9112 2.2", "a bare CR after the first line", `POST /v1/x HTTP/1.1\rHost: a\r\n\r\n`),
  refused("9112 2.2", "a bare CR in a value", withLine("X-A: b\rc")),
  refused("9112 2.2", "a bare CR in a name", withLine("X\r-A: b")),
  refused("9112 2.2", "a bare CR as the blank line", `${POST}${LENGTH}\r${BODY}`),
  refused("9112 2.2", "two CRs before an LF", `${POST}X-A: b\r\r\n${LENGTH}\r\n${BODY}`),
  refused("9112 2.2", "a blank line of a space", `${POST}${LENGTH} \r\n\r\n${BODY}`),
  taken("9112 2.2", "a blank line before it", `\r\n${POST}${LENGTH}\r\n${BODY}`),
  taken("9112 2.2", "two blank lines before it", `\r\n\r\n${POST}${LENGTH}\r\n${BODY}`),
  refused("9112 2.2", "blank lines without an end", "\r\n".repeat(100)),
  refused("9112 2.2", "a bare LF before it", `\n${POST}${LENGTH}\r\n${BODY}`),
  refused("9112 2.2", "a space before it", ` ${POST}${LENGTH}\r\n${BODY}`),
  refused(
    "9112 2.2",
    "a header line of spaces after the first line",
    `POST /v1/x HTTP/1.1\r\n Host: a\r\n\r\n`,
  ),
  refused(
    "9112 2.2",
    "a header line that begins with a tab, after the first line",
    `POST /v1/x HTTP/1.1\r\n\tX: b\r\nHost: a\r\n\r\n`,
  ),
  taken("9112 2.2", "a blank line between two requests", `${POST}${LENGTH}\r\n${BODY}\r\n`),
  refused("9112 2.2", "garbage", "garbage\r\n\r\n"),
  refused("9112 2.2", "bytes that are no text", "\x80\x81\xff\xfe\r\n\r\n"),
  refused("9112 2.2", "the hello of TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
  refused(
    "9112 2.2",
    "a proxy's PROXY line",
    `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${POST}${LENGTH}\r\n${BODY}`,
  ),
];

const METHODS: readonly RequestVector[] = [
  ...TOKEN_SIGNS.map((sign) =>
    taken("9110 5.6.2", `a method with ${sign}`, firstLine(`POST${sign} /v1/x HTTP/1.1`), {
      got: `POST${sign} /v1/x ${GOT}`,
    })
  ),
  ...NO_TOKEN.map((sign) =>
    refused("9110 5.6.2", `a method with ${sign}`, firstLine(`PO${sign}ST /v1/x HTTP/1.1`))
  ),
  refused("9110 9.1", "no method", firstLine(" /v1/x HTTP/1.1")),
  refused("9110 9.1", "a method of other letters", firstLine("P\xd6ST /v1/x HTTP/1.1")),
  refused("9110 9.1", "a NUL in the method", firstLine("PO\0ST /v1/x HTTP/1.1")),
  taken(
    "9110 9.1",
    "a method in small letters, which is another one",
    firstLine("post /v1/x HTTP/1.1"),
    {
      got: `post /v1/x ${GOT}`,
    },
  ),
  refused(
    "9112 3",
    "a method that is longer than any",
    firstLine(`${"A".repeat(65)} /v1/x HTTP/1.1`),
    501,
  ),
  refused(
    "9110 9.3.6",
    "CONNECT",
    "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
    405,
  ),
  refused("9110 9.3.6", "CONNECT to a path", "CONNECT /v1/x HTTP/1.1\r\nHost: a\r\n\r\n", 405),
  refused("9110 9.3.6", "CONNECT with a request behind it", [
    `CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n${SMUGGLED}`,
  ], 405),
  own("9110 9.3.8", "TRACE", "TRACE /v1/x HTTP/1.1\r\nHost: a\r\n\r\n", { answers: [405] }),
];

const FIRST_LINES: readonly RequestVector[] = [
  refused("9112 3", "two spaces after the method", firstLine("POST  /v1/x HTTP/1.1")),
  refused("9112 3", "two spaces before the version", firstLine("POST /v1/x  HTTP/1.1")),
  refused("9112 3", "a tab after the method", firstLine("POST\t/v1/x HTTP/1.1")),
  refused("9112 3", "a tab before the version", firstLine("POST /v1/x\tHTTP/1.1")),
  refused("9112 3", "a space after the version", firstLine("POST /v1/x HTTP/1.1 ")),
  refused("9112 3", "a vertical tab between", firstLine("POST\x0b/v1/x HTTP/1.1")),
  refused("9112 3", "a space in the target", firstLine("POST /v1/x y HTTP/1.1")),
  refused("9112 3", "a second version", firstLine("POST /v1/x HTTP/1.1 HTTP/1.1")),
  refused("9112 2.3", "no version", firstLine("POST /v1/x")),
  refused("9112 2.3", "HTTP/0.9 as it was", "GET /v1/x\r\n"),
  refused("9112 2.3", "HTTP/0.9 in words", firstLine("POST /v1/x HTTP/0.9")),
  refused("9112 2.3", "HTTP/0.0", firstLine("POST /v1/x HTTP/0.0")),
  refused("9112 2.3", "a version in small letters", firstLine("POST /v1/x http/1.1")),
  refused("9112 2.3", "another protocol", firstLine("POST /v1/x HTTQ/1.1")),
  refused("9112 2.3", "HTTPS as the protocol", firstLine("POST /v1/x HTTPS/1.1")),
  refused("9112 2.3", "RTSP", firstLine("DESCRIBE /v1/x RTSP/1.0")),
  refused("9112 2.3", "a version without a minor one", firstLine("POST /v1/x HTTP/1")),
  refused("9112 2.3", "a version of two digits", firstLine("POST /v1/x HTTP/1.10")),
  refused("9112 2.3", "a version with a zero before it", firstLine("POST /v1/x HTTP/01.1")),
  refused("9112 2.3", "a version with a comma", firstLine("POST /v1/x HTTP/1,1")),
  refused("9112 2.3", "a version with a sign", firstLine("POST /v1/x HTTP/+1.1")),
  refused("9112 2.3", "a version of another script's digits", firstLine("POST /v1/x HTTP/1.\xb2")),
  refused("9112 2.3", "HTTP/2.0", firstLine("POST /v1/x HTTP/2.0"), 505),
  refused("9112 2.3", "HTTP/3.0", firstLine("POST /v1/x HTTP/3.0"), 505),
  refused("9112 2.3", "HTTP/9.9", firstLine("POST /v1/x HTTP/9.9"), 505),
  refused("9113 3.4", "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
  taken("9110 2.5", "HTTP/1.2 as HTTP/1.1", firstLine("POST /v1/x HTTP/1.2")),
  taken("9110 2.5", "HTTP/1.9 as HTTP/1.1", firstLine("POST /v1/x HTTP/1.9")),
];

const TARGETS: readonly RequestVector[] = [
  taken("9112 3.2.1", "a query", firstLine("POST /v1/x?a=b&c=%20 HTTP/1.1"), {
    got: `POST /v1/x?a=b&c=%20 ${GOT}`,
  }),
  taken(
    "9112 3.2.1",
    "a target with every sign that may stand there",
    firstLine("POST /v1/x!$&'()*+,;=:@~._-|\"<>[]^`{} HTTP/1.1"),
    {
      got: `POST /v1/x!$&'()*+,;=:@~._-|"<>[]^\`{} ${GOT}`,
    },
  ),
  taken(
    "9112 3.2.2",
    "an absolute target, whose host is ignored",
    firstLine("POST http://elsewhere.example/v1/x HTTP/1.1"),
  ),
  taken(
    "9112 3.2.2",
    "an absolute target with a port",
    firstLine("POST http://elsewhere.example:81/v1/x HTTP/1.1"),
  ),
  taken(
    "9112 3.2.2",
    "an absolute target of an address",
    firstLine("POST http://[::1]:81/v1/x HTTP/1.1"),
  ),
  taken(
    "9112 3.2.2",
    "an absolute target of https",
    firstLine("POST https://elsewhere.example/v1/x HTTP/1.1"),
  ),
  taken(
    "9112 3.2.2",
    "an absolute target in capitals",
    firstLine("POST HTTP://ELSEWHERE/v1/x HTTP/1.1"),
  ),
  taken(
    "9112 3.2.2",
    "an absolute target with a query and no path",
    firstLine("POST http://elsewhere.example?a=b HTTP/1.1"),
    { got: `POST /?a=b ${GOT}` },
  ),
  taken(
    "9112 3.2.2",
    "an absolute target without a path",
    firstLine("POST http://elsewhere.example HTTP/1.1"),
    { got: `POST / ${GOT}` },
  ),
  taken(
    "9110 4.2.4",
    "an absolute target with a user, who is ignored with its host",
    firstLine("POST http://user@elsewhere/v1/x HTTP/1.1"),
  ),
  taken(
    "9110 4.2.4",
    "an absolute target with a user and a password",
    firstLine("POST http://u:p@elsewhere/v1/x HTTP/1.1"),
  ),
  refused(
    "9110 4.2.1",
    "an absolute target without a host",
    firstLine("POST http:///v1/x HTTP/1.1"),
  ),
  refused(
    "9112 3.2.2",
    "an absolute target of a bad port",
    firstLine("POST http://a:b/v1/x HTTP/1.1"),
  ),
  refused(
    "9112 3.2.2",
    "an absolute target with a backslash",
    firstLine("POST http:\\\\a\\v1\\x HTTP/1.1"),
  ),
  refused("9112 3.2.3", "an authority alone", firstLine("POST example.com:443 HTTP/1.1")),
  refused("9112 3.2", "a path without its slash", firstLine("POST v1/x HTTP/1.1")),
  refused("9112 3.2", "a query alone", firstLine("POST ?a=b HTTP/1.1")),
  refused("9112 3.2", "a URL that is no authority's", firstLine("POST mailto:a@b HTTP/1.1")),
  refused("9112 3.2.4", "* for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"),
  refused("9112 3.2.4", "* for POST", firstLine("POST * HTTP/1.1")),
  refused("9112 3.2.4", "* and more for OPTIONS", "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n"),
  own("9112 3.2.4", "* for OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", { answers: [204] }),
  own("9112 3.2.4", "an authority for OPTIONS", "OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", {
    answers: [204],
  }),
  refused("9112 3.2", "a fragment", firstLine("POST /v1/x#fragment HTTP/1.1")),
  refused("9112 3.2", "a fragment after a query", firstLine("POST /v1/x?a=b#c HTTP/1.1")),
  refused(
    "9112 3.2",
    "a fragment of an absolute target",
    firstLine("POST http://a/v1/x#c HTTP/1.1"),
  ),
  refused("9112 3.2", "a fragment alone", firstLine("POST # HTTP/1.1")),
  refused("9112 3.2", "letters beyond ASCII", firstLine("POST /v1/\xe9 HTTP/1.1")),
  refused("9112 3.2", "a NUL", firstLine("POST /v1/x\0y HTTP/1.1")),
  refused("9112 3.2", "a DEL", firstLine("POST /v1/x\x7f HTTP/1.1")),
  refused("9112 3.2", "a CR", firstLine("POST /v1/x\ry HTTP/1.1")),
  refused("9112 3.2", "an LF", firstLine("POST /v1/x\ny HTTP/1.1")),
  taken(
    "9112 3",
    "a target of 32 KiB",
    firstLine(`POST /v1/x?${"a".repeat(32 * 1024 - 6)} HTTP/1.1`),
    {
      got: `POST /v1/x?${"a".repeat(32 * 1024 - 6)} ${GOT}`,
    },
  ),
  refused(
    "9112 3",
    "a target over 32 KiB",
    firstLine(`POST /${"a".repeat(32 * 1024)} HTTP/1.1`),
    414,
  ),
  refused("9112 3", "a target without an end", `POST /${"a".repeat(40_000)}`, 414),
];

const HOSTS: readonly RequestVector[] = [
  own("9112 3.2", "no Host", `POST /v1/x HTTP/1.1\r\n${LENGTH}\r\n${BODY}`, { answers: [400] }),
  own("9112 3.2", "two Hosts", `${POST}Host: b\r\n${LENGTH}\r\n${BODY}`, { answers: [400] }),
  own("9112 3.2", "the same Host twice", `${POST}host: a\r\n${LENGTH}\r\n${BODY}`, {
    answers: [400],
  }),
  ...["", "a b", "a/b", "user@a", "a:b", "a,b", "a:1:2", "http://a", "a?b", "a#b", "[::1", "::1"]
    .map((host) =>
      own(
        "9112 3.2",
        `the Host ${JSON.stringify(host)}`,
        `POST /v1/x HTTP/1.1\r\nHost: ${host}\r\n${LENGTH}\r\n${BODY}`,
        {
          answers: [400],
        },
      )
    ),
  ...[
    "a.example",
    "a.example:80",
    "127.0.0.1:8080",
    "[::1]",
    "[::1]:8080",
    "a_b",
    "xn--bcher-kva.example",
  ].map((host) =>
    taken(
      "9112 3.2",
      `the Host ${host}`,
      `POST /v1/x HTTP/1.1\r\nHost: ${host}\r\n${LENGTH}\r\n${BODY}`,
    )
  ),
  refused(
    "9112 3.2",
    "a folded Host",
    `POST /v1/x HTTP/1.1\r\nHost:\r\n a\r\n${LENGTH}\r\n${BODY}`,
  ),
  own(
    "9112 3.2",
    "an absolute target, and no Host",
    `POST http://a/v1/x HTTP/1.1\r\n${LENGTH}\r\n${BODY}`,
    { answers: [400] },
  ),
];

const FIELDS: readonly RequestVector[] = [
  ...CONTROLS.map((code) =>
    refused("9110 5.5", `the character ${hex(code)} in a value`, withLine(`X-A: b${char(code)}c`))
  ),
  ...TOKEN_SIGNS.map((sign) => taken("9110 5.1", `a name with ${sign}`, withLine(`X${sign}: b`))),
  ...NO_TOKEN.map((sign) => refused("9110 5.1", `a name with ${sign}`, withLine(`X${sign}A: b`))),
  refused("9112 5.1", "a space before a colon", withLine("X-A : b")),
  refused("9112 5.1", "a tab before a colon", withLine("X-A\t: b")),
  refused(
    "9112 5.1",
    "a space before the colon of a length",
    `${POST}Content-Length : 16\r\n\r\n${BODY}`,
  ),
  refused(
    "9112 5.1",
    "a space before the colon of a coding",
    `${POST}Transfer-Encoding : chunked\r\n\r\n${CHUNKS}`,
  ),
  refused("9112 5.1", "an empty name", withLine(": b")),
  refused("9112 5.1", "a line without a colon", withLine("X-A")),
  refused("9112 5.1", "a space in a name", withLine("X A: b")),
  refused("9112 5.1", "a name of other letters", withLine("X-\xc4: b")),
  refused("9112 5.1", "a NUL in a name", withLine("X\0A: b")),
  refused("9112 5.2", "a folded value", withLine("X-A: b\r\n c")),
  refused("9112 5.2", "a value folded with a tab", withLine("X-A: b\r\n\tc")),
  refused("9112 5.2", "a folded length", `${POST}Content-Length:\r\n 16\r\n\r\n${BODY}`),
  refused("9112 5.2", "a folded coding", `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n${CHUNKS}`),
  taken("9110 5.5", "an empty value", withLine("X-A:")),
  taken("9110 5.5", "a value of blanks", withLine("X-A: \t ")),
  taken("9110 5.5", "blanks around a value", withLine("X-A: \t b\t ")),
  taken("9110 5.5", "a tab within a value", withLine("X-A: b\tc")),
  taken("9110 5.5", "letters beyond ASCII in a value", withLine("X-A: caf\xe9")),
  taken("9110 5.3", "a name that comes twice", withLine("X-A: 1\r\nx-a: 2")),
  taken("6585 5", "128 header lines", `${POST}${"X: b\r\n".repeat(126)}${LENGTH}\r\n${BODY}`),
  refused(
    "6585 5",
    "129 header lines",
    `${POST}${"X: b\r\n".repeat(127)}${LENGTH}\r\n${BODY}`,
    431,
  ),
  refused("6585 5", "a value over 64 KiB", withLine(`X-A: ${"b".repeat(66_000)}`), 431),
  refused("6585 5", "a name over 64 KiB", withLine(`${"b".repeat(66_000)}: c`), 431),
  taken("6585 5", "a head of 60 KiB", withLine(`X-A: ${"b".repeat(60_000)}`)),
];

const LENGTHS: readonly RequestVector[] = [
  ...[
    "+16",
    "-16",
    "16.0",
    "1e1",
    "0x10",
    "16a",
    " 1 6",
    "16,16",
    "16, 16",
    '"16"',
    "",
    "sixteen",
    "16;a",
    "9007199254740993",
    "99999999999999999999999",
    "0".repeat(30) + "16",
    "\xb916",
    "1_6",
  ]
    .map((length) =>
      refused(
        "9112 6.3",
        `the length ${JSON.stringify(length)}`,
        `${POST}Content-Length: ${length}\r\n\r\n${BODY}`,
      )
    ),
  refused("9112 6.3", "two lengths", `${POST}Content-Length: 1\r\n${LENGTH}\r\n${BODY}`),
  refused("9112 6.3", "the same length twice", `${POST}${LENGTH}${LENGTH}\r\n${BODY}`),
  refused(
    "9112 6.3",
    "the same length twice, in another case",
    `${POST}${LENGTH}content-length: 16\r\n\r\n${BODY}`,
  ),
  refused(
    "9112 6.3",
    "a length of 0 and another",
    `${POST}Content-Length: 0\r\n${LENGTH}\r\n${BODY}`,
  ),
  refused(
    "9112 6.3",
    "a length and an empty one",
    `${POST}${LENGTH}Content-Length:\r\n\r\n${BODY}`,
  ),
  taken("9112 6.3", "a length with zeros before it", `${POST}Content-Length: 0016\r\n\r\n${BODY}`),
  taken(
    "9112 6.3",
    "a length with blanks around it",
    `${POST}Content-Length: \t16 \r\n\r\n${BODY}`,
  ),
  taken("9112 6.3", "a length in capitals", `${POST}CONTENT-LENGTH: 16\r\n\r\n${BODY}`),
  taken(
    "9112 6.3",
    "a name that is not quite a length's",
    `${POST}Content_Length: 3\r\n${LENGTH}\r\n${BODY}`,
  ),
  taken("9110 8.6", "a GET with a body", `GET /v1/x HTTP/1.1\r\nHost: a\r\n${LENGTH}\r\n${BODY}`, {
    got: `GET /v1/x ${GOT}`,
  }),
  taken("9110 8.6", "a GET without a body", get("/v1/files"), { got: "GET /v1/files " }),
  taken(
    "9110 8.6",
    "a DELETE of length 0",
    `DELETE /v1/files/f HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`,
    { got: "DELETE /v1/files/f " },
  ),
];

const CODINGS: readonly RequestVector[] = [
  taken("9112 6.1", "chunks", inChunks(CHUNKS)),
  taken("9112 6.1", "chunked in capitals", `${POST}TRANSFER-ENCODING: CHUNKED\r\n\r\n${CHUNKS}`),
  taken(
    "9112 6.1",
    "blanks around chunked",
    `${POST}Transfer-Encoding: \t chunked \r\n\r\n${CHUNKS}`,
  ),
  ...[
    "gzip, chunked",
    "identity, chunked",
    "chunked, chunked",
    "chunked, gzip",
    "gzip",
    "identity",
    "cow",
    "xchunked",
    "chunkedx",
    "chunked;a=b",
    "deflate, chunked",
    "compress",
    "br, chunked",
    "trailers",
    "chunked, identity",
  ]
    .map((coding) =>
      refused(
        "9112 6.1",
        `the coding ${coding}`,
        `${POST}Transfer-Encoding: ${coding}\r\n\r\n${CHUNKS}`,
        501,
      )
    ),
  ...[
    "",
    ",",
    "chunked,",
    ", chunked",
    '"chunked"',
    "chun ked",
    "'chunked' ,",
    "(chunked)",
    "chunked\xa0",
    "[chunked]",
  ]
    .map((coding) =>
      refused(
        "9112 6.1",
        `the coding ${JSON.stringify(coding)}`,
        `${POST}Transfer-Encoding: ${coding}\r\n\r\n${CHUNKS}`,
      )
    ),
  refused(
    "9112 6.1",
    "two codings",
    `${POST}Transfer-Encoding: gzip\r\n${CHUNKED}\r\n${CHUNKS}`,
    501,
  ),
  refused("9112 6.1", "chunked twice", `${POST}${CHUNKED}${CHUNKED}\r\n${CHUNKS}`, 501),
  refused(
    "9112 6.1",
    "cow and chunked",
    `${POST}Transfer-Encoding: cow\r\n${CHUNKED}\r\n${CHUNKS}`,
    501,
  ),
  refused("9112 6.3", "a length and chunks", `${POST}${LENGTH}${CHUNKED}\r\n${CHUNKS}`),
  refused("9112 6.3", "chunks and a length", `${POST}${CHUNKED}${LENGTH}\r\n${CHUNKS}`),
  refused(
    "9112 6.3",
    "a length of 0 and chunks",
    `${POST}Content-Length: 0\r\n${CHUNKED}\r\n${CHUNKS}`,
  ),
  refused(
    "9112 6.3",
    "a length and another coding",
    `${POST}${LENGTH}Transfer-Encoding: identity\r\n\r\n${BODY}`,
  ),
  refused(
    "9112 6.3",
    "a length, chunks, and a request that one reader sees",
    `${POST}Content-Length: 6\r\n${CHUNKED}\r\n0\r\n\r\n${SMUGGLED}`,
  ),
  refused(
    "9112 6.3",
    "a vertical tab before chunked",
    `${POST}Transfer-Encoding:\x0bchunked\r\n\r\n${CHUNKS}`,
  ),
  taken(
    "9112 6.1",
    "a name that is not quite a coding's",
    `${POST}Transfer_Encoding: chunked\r\n${LENGTH}\r\n${BODY}`,
  ),
];

const CHUNK_LINES: readonly RequestVector[] = [
  taken(
    "9112 7.1",
    "chunks of a byte",
    inChunks(`${[...BODY].map((c) => `1\r\n${c}\r\n`).join("")}0\r\n\r\n`),
  ),
  taken(
    "9112 7.1",
    "a size in capitals with zeros before it",
    inChunks(`00010\r\n${BODY}\r\n0\r\n\r\n`),
  ),
  taken("9112 7.1", "many zeros at the end", inChunks(`10\r\n${BODY}\r\n0000\r\n\r\n`)),
  ...[
    "",
    " 10",
    "+10",
    "-10",
    "0x10",
    "10h",
    "g",
    "1 0",
    "10 ",
    "10\t",
    "\xb910",
    "10,",
    "1.0",
    "FFFFFFFFFFFFFFFF",
    "10000000000000000",
    "00000000000000010",
    '"10"',
  ]
    .map((size) =>
      refused(
        "9112 7.1",
        `the chunk size ${JSON.stringify(size)}`,
        inChunks(`${size}\r\n${BODY}\r\n0\r\n\r\n`),
      )
    ),
  refused("9112 7.1", "a bare LF after a chunk size", inChunks(`10\n${BODY}\r\n0\r\n\r\n`)),
  refused("9112 7.1", "a bare CR after a chunk size", inChunks(`10\r${BODY}\r\n0\r\n\r\n`)),
  refused("9112 7.1", "a bare LF after chunk data", inChunks(`10\r\n${BODY}\n0\r\n\r\n`)),
  refused(
    "9112 7.1",
    "chunk data that is longer than its size",
    inChunks(`f\r\n${BODY}\r\n0\r\n\r\n`),
  ),
  refused(
    "9112 7.1",
    "chunk data that is shorter than its size",
    inChunks(`11\r\n${BODY}\r\n0\r\n\r\n`),
  ),
  refused("9112 7.1", "a bare LF after the last chunk", inChunks(`10\r\n${BODY}\r\n0\n\r\n`)),
  refused("9112 7.1", "a bare LF after the trailers", inChunks(`10\r\n${BODY}\r\n0\r\n\n`)),
  taken("9112 7.1.1", "an extension", inChunks(`10;a=b\r\n${BODY}\r\n0;c\r\n\r\n`)),
  taken("9112 7.1.1", "an extension in quotes", inChunks(`10;a="b;c"\r\n${BODY}\r\n0\r\n\r\n`)),
  taken("9112 7.1.1", "a blank before an extension", inChunks(`10 ;a=b\r\n${BODY}\r\n0\r\n\r\n`)),
  refused(
    "9112 7.1.1",
    "an extension without a semicolon",
    inChunks(`10 a=b\r\n${BODY}\r\n0\r\n\r\n`),
  ),
  refused("9112 7.1.1", "a bare LF in an extension", inChunks(`10;a\nb\r\n${BODY}\r\n0\r\n\r\n`)),
  refused("9112 7.1.1", "a NUL in an extension", inChunks(`10;a\0b\r\n${BODY}\r\n0\r\n\r\n`)),
  refused("9112 7.1.1", "a bare CR in an extension", inChunks(`10;a\rb\r\n${BODY}\r\n0\r\n\r\n`)),
  refused(
    "9112 7.1.1",
    "one extension over 16 KiB",
    inChunks(`10;${"a".repeat(17_000)}\r\n${BODY}\r\n0\r\n\r\n`),
  ),
  refused(
    "9112 7.1.1",
    "many extensions over 16 KiB together",
    inChunks(`1;${"a".repeat(1000)}\r\nx\r\n`.repeat(20)),
  ),
  taken(
    "9112 7.1.2",
    "trailers, which are dropped",
    inChunks(`10\r\n${BODY}\r\n0\r\nX-A: b\r\nX-C: d\r\n\r\n`),
  ),
  taken(
    "9112 7.1.2",
    "a length in the trailers, which means nothing",
    inChunks(`10\r\n${BODY}\r\n0\r\nContent-Length: 3\r\n\r\n`),
  ),
  refused("9112 7.1.2", "a malformed trailer", inChunks(`10\r\n${BODY}\r\n0\r\nX A: b\r\n\r\n`)),
  refused("9112 7.1.2", "a folded trailer", inChunks(`10\r\n${BODY}\r\n0\r\nX: b\r\n c\r\n\r\n`)),
  refused(
    "9112 7.1.2",
    "trailers over 64 KiB",
    inChunks(`10\r\n${BODY}\r\n0\r\nX: ${"b".repeat(66_000)}\r\n\r\n`),
    431,
  ),
  refused(
    "9112 7.1.2",
    "129 trailers",
    inChunks(`10\r\n${BODY}\r\n0\r\n${"X: b\r\n".repeat(129)}\r\n`),
    431,
  ),
  refused(
    "9112 7.1.2",
    "a request in place of trailers",
    inChunks(`10\r\n${BODY}\r\n0\r\n${SMUGGLED}`),
  ),
];

const OLD = "POST /v1/x HTTP/1.0\r\n";
const HTTP_1_0: readonly RequestVector[] = [
  own("9112 3.2", "HTTP/1.0 without a Host", "GET /health HTTP/1.0\r\n\r\n", { servesOn: false }),
  own("9112 3.2", "HEAD in HTTP/1.0 without a Host", "HEAD / HTTP/1.0\r\n\r\n", {
    servesOn: false,
  }),
  taken("9112 9.3", "HTTP/1.0 ends the connection", `${OLD}Host: a\r\n${LENGTH}\r\n${BODY}`, {
    servesOn: false,
  }),
  taken(
    "9112 9.3",
    "HTTP/1.0 that keeps it",
    `${OLD}Connection: keep-alive\r\n${LENGTH}\r\n${BODY}`,
  ),
  taken(
    "9112 9.3",
    "HTTP/1.0 that keeps and closes it",
    `${OLD}Connection: keep-alive, close\r\n${LENGTH}\r\n${BODY}`,
    { servesOn: false },
  ),
  own("9112 3.2", "HTTP/1.0 with two Hosts", `${OLD}Host: a\r\nHost: b\r\n${LENGTH}\r\n${BODY}`, {
    answers: [400],
    servesOn: false,
  }),
  refused("9112 6.1", "HTTP/1.0 with chunks", `${OLD}${CHUNKED}\r\n${CHUNKS}`),
  refused(
    "9112 6.1",
    "HTTP/1.0 with chunks, and kept",
    `${OLD}Connection: keep-alive\r\n${CHUNKED}\r\n${CHUNKS}${SMUGGLED}`,
  ),
  refused(
    "9112 6.1",
    "HTTP/1.0 with another coding",
    `${OLD}Transfer-Encoding: gzip\r\n\r\n${BODY}`,
  ),
  taken(
    "9110 10.1.1",
    "an expectation in HTTP/1.0, which is ignored",
    `${OLD}Expect: 100-continue\r\n${LENGTH}\r\n${BODY}`,
    { servesOn: false },
  ),
  taken(
    "9110 7.8",
    "an upgrade in HTTP/1.0, which is ignored",
    `${OLD}Connection: upgrade\r\nUpgrade: websocket\r\n${LENGTH}\r\n${BODY}`,
    { servesOn: false },
  ),
  vector("9112 9.3", "a request behind one in HTTP/1.0", `${OLD}${LENGTH}\r\n${BODY}${SMUGGLED}`, {
    answers: [200],
    servesOn: false,
    backend: [`POST /v1/x ${GOT}`],
  }),
];

const EXPECTING = `${POST}${LENGTH}Expect: 100-continue\r\n\r\n`;
const EXPECTATIONS: readonly RequestVector[] = [
  taken("9110 10.1.1", "a body held back until it is asked for", [EXPECTING, BODY], {
    answers: [100, 200],
  }),
  taken("9110 10.1.1", "the expectation in capitals", [
    `${POST}${LENGTH}EXPECT: 100-CONTINUE\r\n\r\n`,
    BODY,
  ], { answers: [100, 200] }),
  taken("9110 10.1.1", "a body that comes at once all the same", EXPECTING + BODY),
  taken(
    "9110 10.1.1",
    "an expectation without a body",
    get("/v1/files", "Expect: 100-continue\r\n"),
    { got: "GET /v1/files " },
  ),
  ...[
    "y 100-continue",
    "100-continue, x",
    "x",
    "",
    "100-continue, 100-continue",
    "200-ok",
    "100-continue;a=b",
    "101-continue",
  ].map((expected) =>
    refused(
      "9110 10.1.1",
      `the expectation ${JSON.stringify(expected)}`,
      `${POST}${LENGTH}Expect: ${expected}\r\n\r\n`,
      417,
    )
  ),
  refused(
    "9110 10.1.1",
    "two expectations",
    `${POST}${LENGTH}Expect: 100-continue\r\nExpect: x\r\n\r\n`,
    417,
  ),
  own(
    "9110 10.1.1",
    "a body that is refused, and never asked for",
    `POST /v1/x HTTP/1.1\r\nHost: a b\r\n${LENGTH}Expect: 100-continue\r\n\r\n`,
    { answers: [400], servesOn: false },
  ),
  own(
    "9110 10.1.1",
    "a body over the limit, and never asked for",
    `${POST}Content-Length: 99999999\r\nExpect: 100-continue\r\n\r\n`,
    { answers: [413], servesOn: false },
  ),
];

const UPGRADING = "GET /v1/files HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n";
const TWO = "POST /v1/two HTTP/1.1\r\nHost: x\r\nContent-Length: 36\r\n\r\n";
const HIDDEN = "GET /v1/SMUGGLED HTTP/1.1\r\nHost: x\r\n";
const UPGRADES: readonly RequestVector[] = [
  ...["h2c", "TLS/1.0", "websocket2", "HTTP/3.0", "foo", ""].map((protocol) =>
    vector(
      "9110 7.8",
      `H3: an upgrade to ${JSON.stringify(protocol)}, then a request and its body`,
      [`${UPGRADING}Upgrade: ${protocol}\r\n\r\n${TWO}`, HIDDEN.slice(0, 36)],
      {
        answers: [200, 400],
        servesOn: true,
        backend: ["GET /v1/files "],
      },
    )
  ),
  vector(
    "9110 7.8",
    "H3: an upgrade to h2c with a body, then a request",
    `POST /v1/x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n${LENGTH}\r\n${BODY}${
      get("/v1/files")
    }`,
    {
      answers: [200, 200],
      servesOn: true,
      backend: [`POST /v1/x ${GOT}`, "GET /v1/files "],
    },
  ),
  vector(
    "9110 7.8",
    "a WebSocket that is refused, with a request behind it",
    `GET /v1/responses HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n${SMUGGLED}`,
    {
      answers: [426],
      servesOn: false,
      backend: [],
    },
  ),
  taken(
    "6455 4.1",
    "a POST that asks for a WebSocket",
    `${POST}Connection: upgrade\r\nUpgrade: websocket\r\n${LENGTH}\r\n${BODY}`,
  ),
  taken(
    "6455 4.1",
    "a WebSocket with a body",
    `GET /v1/x HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n${LENGTH}\r\n${BODY}`,
    { got: `GET /v1/x ${GOT}` },
  ),
  taken(
    "9110 7.8",
    "an upgrade that Connection does not name",
    get("/v1/files", "Upgrade: websocket\r\n"),
    { got: "GET /v1/files " },
  ),
];

const GOOD = `${POST}${LENGTH}\r\n${BODY}`;
const twice = {
  answers: [200, 200],
  servesOn: true,
  backend: [`POST /v1/x ${GOT}`, `POST /v1/x ${GOT}`],
};
const once = { answers: [200], servesOn: false, backend: [`POST /v1/x ${GOT}`] };
const PIPELINES: readonly RequestVector[] = [
  vector("9112 9.3.2", "two requests at once", GOOD + GOOD, twice),
  vector(
    "9112 9.3.2",
    "two requests with chunks at once",
    inChunks(CHUNKS) + inChunks(CHUNKS),
    twice,
  ),
  vector(
    "9112 9.3.2",
    "one and a half, then the rest",
    [GOOD + GOOD.slice(0, 30), GOOD.slice(30)],
    twice,
  ),
  vector("9112 9.3.2", "three of different kinds", GOOD + get("/health") + inChunks(CHUNKS), {
    ...twice,
    answers: [200, 200, 200],
  }),
  vector("9112 9.3.2", "H8: garbage behind a request", `${GOOD}BAD\r\n\r\n`, once),
  vector(
    "9112 9.3.2",
    "H8: the hello of TLS behind a request",
    `${GOOD}\x16\x03\x01\x02\x00`,
    once,
  ),
  vector(
    "9112 9.3.2",
    "H8: a request with two lengths behind one",
    `${GOOD}${POST}${LENGTH}${LENGTH}\r\n${BODY}`,
    once,
  ),
  vector(
    "9112 9.3.2",
    "H8: a request with a length and chunks behind one",
    `${GOOD}${POST}${LENGTH}${CHUNKED}\r\n${CHUNKS}`,
    once,
  ),
  vector("9112 9.3.2", "H8: a bare LF behind a request", `${GOOD}\n`, once),
  vector(
    "9112 9.3.2",
    "H8: HTTP/2.0 behind a request",
    `${GOOD}PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
    once,
  ),
  vector(
    "9112 9.6",
    "a request behind one that closes",
    `${POST}Connection: close\r\n${LENGTH}\r\n${BODY}${SMUGGLED}`,
    once,
  ),
  vector(
    "9112 9.6",
    "close among other options",
    `${POST}Connection: x, CLOSE\r\n${LENGTH}\r\n${BODY}${SMUGGLED}`,
    once,
  ),
  vector(
    "9112 9.6",
    "close in a second line",
    `${POST}Connection: keep-alive\r\nConnection: close\r\n${LENGTH}\r\n${BODY}${SMUGGLED}`,
    once,
  ),
  vector(
    "9112 9.3",
    "a body of a GET that looks like a request",
    `GET /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    {
      answers: [400],
      servesOn: true,
      backend: [],
    },
  ),
  refused(
    "9112 9.3",
    "a request that is refused, with one behind it",
    `${POST}${LENGTH}${CHUNKED}\r\n${CHUNKS}${SMUGGLED}`,
  ),
  refused(
    "9112 11.2",
    "a bare LF, with a request behind it",
    `POST /v1/x HTTP/1.1\nHost: a\r\n\r\n${SMUGGLED}`,
  ),
  refused(
    "9112 11.2",
    "a chunk size that wraps around, with a request behind it",
    inChunks(`100000000000000010\r\n${BODY}\r\n0\r\n\r\n${SMUGGLED}`),
  ),
  refused(
    "9112 11.2",
    "a coding behind a NUL, with a request behind it",
    `${POST}${LENGTH}X: \0\r\n${CHUNKED}\r\n${CHUNKS}${SMUGGLED}`,
  ),
];

export const REQUEST_VECTORS: readonly RequestVector[] = [
  ...LINES,
  ...METHODS,
  ...FIRST_LINES,
  ...TARGETS,
  ...HOSTS,
  ...FIELDS,
  ...LENGTHS,
  ...CODINGS,
  ...CHUNK_LINES,
  ...HTTP_1_0,
  ...EXPECTATIONS,
  ...UPGRADES,
  ...PIPELINES,
];
