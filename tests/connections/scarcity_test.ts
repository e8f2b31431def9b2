import assert from "node:assert/strict";
import { Scarcity } from "../../lib/connections/scarcity.ts";
import { ExchangeError } from "../../lib/wire/exchange_error.ts";
import { faultOf } from "../../lib/wire/fault.ts";

const coded = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

/** The fault that a connection which was not made stands for, with descriptors left or without. */
function faultFor(cause: unknown, hasDescriptors: boolean): string {
  const scarcity = new Scarcity({ hasDescriptors: () => hasDescriptors });
  return faultOf(scarcity.explained(cause), "connecting").code;
}

/** The error of a name with several addresses, none of which was reached. */
function ofAddresses(...codes: readonly string[]): Error {
  return Object.assign(new AggregateError(codes.map(coded)), { code: codes[0] });
}

for (const code of ["EMFILE", "ENFILE", "ENOMEM", "ENOBUFS", "EAGAIN", "EADDRNOTAVAIL"]) {
  Deno.test(`H10: ${code} is a shortage of ours, whatever is free by now`, () => {
    assert.equal(faultFor(coded(code), true), "own_shortage");
    assert.equal(faultFor(ofAddresses(code, code), true), "own_shortage");
  });
}

Deno.test("H10: of several addresses, one that found no descriptor is enough", () => {
  assert.equal(faultFor(ofAddresses("ECONNREFUSED", "EMFILE"), true), "own_shortage");
});

Deno.test("H10: a refusal counts where only another family of addresses is missing here", () => {
  assert.equal(faultFor(ofAddresses("EADDRNOTAVAIL", "ECONNREFUSED"), true), "connect_failed");
  assert.equal(faultFor(ofAddresses("ECONNREFUSED", "EADDRNOTAVAIL"), true), "connect_failed");
});

for (const code of ["ENOTFOUND", "EAI_AGAIN", "EAI_SYSTEM", "ECONNREFUSED"]) {
  Deno.test(`H10: ${code} is a shortage of ours where no descriptors are left`, () => {
    assert.equal(faultFor(coded(code), false), "own_shortage");
    assert.equal(faultFor(coded(code), true), "connect_failed");
  });
}

Deno.test("H10: what a firewall or the sandbox forbids is no fault of a backend's", () => {
  const forbidden = [coded("EACCES"), coded("EPERM"), new Deno.errors.NotCapable("net access")];
  for (const cause of forbidden) assert.equal(faultFor(cause, true), "own_shortage");
});

Deno.test("H10: an error without a code tells by the system's number", () => {
  const cause = new Error("proto error: io error: Too many open files (os error 24)");
  assert.equal(faultFor(cause, true), "own_shortage");
  assert.equal(faultFor(new Error("Connection refused (os error 111)"), true), "connect_failed");
});

Deno.test("H10: what an answering peer did stays its own, descriptors or none", () => {
  const late = new ExchangeError("CONNECT_TIMEOUT", "not connected within 10 s");
  assert.equal(faultFor(late, false), "connect_timeout");
  for (const code of ["ECONNRESET", "PROXY_REFUSED", "CERT_HAS_EXPIRED", "EHOSTUNREACH"]) {
    assert.equal(faultFor(coded(code), false), "connect_failed");
  }
});

Deno.test("Scarcity remembers a shortage for a second, for descriptors that are just free again", () => {
  let nowMs = 0;
  const scarcity = new Scarcity({ monotonicMs: () => nowMs, hasDescriptors: () => true });
  const refused = coded("ECONNREFUSED");
  assert.equal(scarcity.explained(refused), refused);
  scarcity.explained(coded("EMFILE"));
  nowMs = 999;
  assert.notEqual(scarcity.explained(refused), refused);
  nowMs = 2_000;
  assert.equal(scarcity.explained(refused), refused);
});
