/** What a request's head says of its body and its connection, or why nobody should believe it. */
import type { RawHeaders } from "../wire/headers.ts";
import { malformed, type Refusal } from "./refusal.ts";
import { HopFieldTable } from "./hop_fields.ts";

export interface RequestHead {
  readonly method: string;
  /** Path and query as they came, of an absolute form too; or `*`. */
  readonly target: string;
  /** In the order and spelling they came in, one character a byte. */
  readonly headers: RawHeaders;
  /** Of `HTTP/1.x`; whatever is beyond 1 is read as 1. */
  readonly minorVersion: 0 | 1;
  /** Its body: so many bytes, or in chunks. */
  readonly body: number | "chunked";
  /** Whether its caller may send another one on this connection. */
  readonly keepsConnection: boolean;
  /** Its caller sends the body once it is told to. https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1 */
  readonly expectsContinue: boolean;
}

/** A head as it was found. */
export interface FoundHead {
  readonly method: string;
  readonly target: string;
  /** `1.1` of `HTTP/1.1`. */
  readonly version: string;
  readonly headers: RawHeaders;
}

/** The head understood, or why its request is not taken. A Host is a matter of whoever answers. */
export function readRequest(
  { method, target, version, headers }: FoundHead,
): RequestHead | Refusal {
  if (!version.startsWith("1.")) {
    return version.startsWith("0.") ? malformed(`HTTP/${version} has no header lines`) : {
      status: 505,
      why: `HTTP/${version} is not spoken here`,
      fix: "have its program speak HTTP/1.1, as nearly all do by themselves",
    };
  }
  if (method === "CONNECT") return FORWARD_PROXY;
  const path = pathIn(method, target);
  if (path === undefined) return WRONG_TARGET;
  const minorVersion = version === "1.0" ? 0 : 1;
  const hop = hopFields(headers);
  const body = bodyOf(hop, minorVersion);
  if (typeof body === "object") return body;
  const expected = minorVersion === 1 ? hop.expect : undefined;
  if (expected !== undefined && expected.toLowerCase() !== "100-continue") {
    return UNKNOWN_EXPECTATION;
  }
  return {
    method,
    target: path,
    // In HTTP/1.0 an Upgrade must be ignored. https://www.rfc-editor.org/rfc/rfc9110#section-7.8
    headers: minorVersion === 0 ? headers.filter(isNoUpgrade) : headers,
    minorVersion,
    body,
    keepsConnection: keeps(hop.connection, minorVersion),
    expectsContinue: expected !== undefined,
  };
}

const ABSOLUTE =
  /^[a-z][a-z\d+.-]*:\/\/(?:[^@/?#\\]*@)?(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{0,5})?(?=[/?]|$)/i;

/**
 * Path and query of a target in one of the forms that are for us: the authority of an absolute one means
 * nothing here, and `*` is for OPTIONS alone. https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
function pathIn(method: string, target: string): string | undefined {
  if (target.includes("#")) return undefined;
  if (target.startsWith("/")) return target;
  if (target === "*") return method === "OPTIONS" ? target : undefined;
  const [authority] = ABSOLUTE.exec(target) ?? [];
  if (authority === undefined) return undefined;
  const rest = target.slice(authority.length);
  if (rest === "" && method === "OPTIONS") return "*";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** The fields that speak of body and connection; undefined where they are not there. */
interface HopFields {
  length: string | undefined;
  coding: string | undefined;
  connection: string | undefined;
  expect: string | undefined;
}

const FIELDS = new HopFieldTable<keyof HopFields>([
  ["content-length", "length"],
  ["transfer-encoding", "coding"],
  ["connection", "connection"],
  ["expect", "expect"],
]);

function hopFields(headers: RawHeaders): HopFields {
  return FIELDS.read<HopFields>(headers, {
    length: undefined,
    coding: undefined,
    connection: undefined,
    expect: undefined,
  });
}

/**
 * The body's framing. What two readers could see in different places is refused, and so is a coding that
 * nobody here undoes. https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
function bodyOf({ length, coding }: HopFields, minorVersion: 0 | 1): RequestHead["body"] | Refusal {
  if (coding === undefined) return length === undefined ? 0 : bytesIn(length);
  if (length !== undefined) {
    return malformed("it has both a Content-Length and a Transfer-Encoding", ONE_FRAMING);
  }
  if (minorVersion === 0) return malformed("HTTP/1.0 has no Transfer-Encoding");
  if (coding.toLowerCase() === "chunked") return "chunked";
  if (!CODINGS.test(coding)) return malformed("its Transfer-Encoding is malformed");
  return {
    status: 501,
    why: `its Transfer-Encoding, of ${coding.length} characters, is not undone here`,
    fix: "have its program send chunked alone, and a compressed body with Content-Encoding",
  };
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-7 */
const CODINGS =
  /^[!#$%&'*+\-.^_`|~\da-z]+(?:[\t ]*;[^,]*)?(?:[\t ]*,[\t ]*[!#$%&'*+\-.^_`|~\da-z]+(?:[\t ]*;[^,]*)?)*$/i;

/** A number that a number holds, whatever zeros are before it. */
const LENGTH = /^\d{1,20}$/;

function bytesIn(length: string): number | Refusal {
  const bytes = LENGTH.test(length) ? Number(length) : NaN;
  if (Number.isSafeInteger(bytes)) return bytes;
  return malformed(`its Content-Length, of ${length.length} characters, is none`);
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-9.3 */
function keeps(connection: string | undefined, minorVersion: 0 | 1): boolean {
  if (connection === undefined) return minorVersion === 1;
  const options = connection.toLowerCase().split(",").map((option) => option.trim());
  if (options.includes("close")) return false;
  return minorVersion === 1 || options.includes("keep-alive");
}

function isNoUpgrade([name]: RawHeaders[number]): boolean {
  return name.toLowerCase() !== "upgrade";
}

const WRONG_TARGET = malformed("its target is no path, and no URL without a fragment");
const UNKNOWN_EXPECTATION: Refusal = {
  status: 417,
  why: "it expects more than 100-continue",
  fix: "have its program leave out the header Expect",
};
const FORWARD_PROXY: Refusal = {
  status: 405,
  why: "CONNECT is for a forward proxy",
  fix:
    "name this proxy as the base URL of its program, and not as HTTP_PROXY, HTTPS_PROXY or a proxy",
};
const ONE_FRAMING =
  "have its program send one of both: where a proxy in between adds the other, it is to be mended";
