import assert from "node:assert/strict";
import { type ExchangeCode, ExchangeError } from "../../lib/wire/exchange_error.ts";
import { faultOf, isConnectionLoss, type Phase } from "../../lib/wire/fault.ts";

function errorWith(code: string, message = "what happened"): Error {
  return Object.assign(new Error(message), { code });
}

function codeOf(code: string, phase: Phase): string {
  return faultOf(errorWith(code), phase).code;
}

function codeOfOurs(code: ExchangeCode, phase: Phase): string {
  return faultOf(new ExchangeError(code, "what happened"), phase).code;
}

Deno.test("faultOf() takes what breaks a connection not yet made for a failed connect", () => {
  for (const code of ["ECONNREFUSED", "ENOTFOUND", "ECONNRESET", "CERT_HAS_EXPIRED", "EPROTO"]) {
    assert.equal(codeOf(code, "connecting"), "connect_failed", code);
  }
  assert.equal(codeOfOurs("CONNECTION_ENDED", "connecting"), "connect_failed");
});

Deno.test("faultOf() knows a connection that took too long", () => {
  assert.equal(codeOfOurs("CONNECT_TIMEOUT", "connecting"), "connect_timeout");
});

Deno.test("faultOf() knows a connection lost before the response head", () => {
  for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT"]) {
    assert.equal(codeOf(code, "waiting"), "connection_lost", code);
  }
  for (const code of ["CONNECTION_LOST", "CONNECTION_ENDED"] as const) {
    assert.equal(codeOfOurs(code, "waiting"), "connection_lost", code);
  }
});

Deno.test("faultOf() knows what is no HTTP response", () => {
  assert.equal(codeOfOurs("INVALID_REPLY", "waiting"), "invalid_reply");
});

Deno.test("faultOf() knows a response head that did not come in time", () => {
  assert.equal(codeOfOurs("HEAD_TIMEOUT", "waiting"), "first_byte_timeout");
});

Deno.test("faultOf() knows a request that nobody could send, however far it came", () => {
  for (const phase of ["connecting", "waiting"] as const) {
    assert.equal(codeOfOurs("REQUEST_REFUSED", phase), "request_refused");
  }
});

Deno.test("faultOf() takes a programming error for our own", () => {
  assert.equal(faultOf(new TypeError("x is undefined"), "connecting").code, "internal_error");
});

Deno.test("faultOf() gives code and message on one line, bounded", () => {
  const detail = (cause: unknown) => faultOf(cause, "waiting").detail;
  assert.equal(detail(errorWith("ECONNRESET", "read")), "ECONNRESET: read");
  assert.equal(detail(errorWith("ECONNRESET", "read ECONNRESET")), "read ECONNRESET");
  assert.equal(detail(errorWith("E", "E first\nsecond")), "E first");
  assert.equal(detail(errorWith("E", "E".repeat(5000))).length, 200);
  assert.equal(detail("not an error"), "not an error");
});

Deno.test("isConnectionLoss() tells a broken connection from a wrong answer", () => {
  for (const code of ["CONNECTION_LOST", "ECONNRESET", "EPIPE"]) {
    assert.equal(isConnectionLoss(errorWith(code)), true, code);
  }
  for (const code of ["INVALID_REPLY", "HEAD_TIMEOUT", "CONNECTION_ENDED"]) {
    assert.equal(isConnectionLoss(errorWith(code)), false, code);
  }
  for (const cause of [null, undefined, "ECONNRESET", { code: 7 }]) {
    assert.equal(isConnectionLoss(cause), false);
  }
});
