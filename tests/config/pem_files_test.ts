import assert from "node:assert/strict";
import { AUTHORITY, KEY, RIGHT } from "../faults/certificates.ts";
import { BACKENDS, MINIMAL, MODELS, parse, problemOf, problemsOf, snapshotOf } from "./parse.ts";

const TLS = `tls: { cert: "c.pem", key: "k.pem" }\n${MINIMAL}`;
const CA = BACKENDS.replace("url:", `ca: "roots/ca.pem", url:`) + MODELS;

/** Of another pair than RIGHT's. */
const OTHER_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvIHmhrz5eu9ipkJ3
M0ScA0DCVWxFC/VdQHzyTrFPfR+hRANCAATgqF7B+5CQwRGabri/BSDYW1Qu1aZ6
UnFZWOgCG0ITAoYn5XlNMkwLUJIc6Ci0yUsmFtjOW3sZ3SUzex86sZnZ
-----END PRIVATE KEY-----
`;

const files = (c: string, k: string) => ({ "/etc/proxy/c.pem": c, "/etc/proxy/k.pem": k });

Deno.test("parseConfig() reads the certificate and the key that it serves with", async () => {
  const { tls } = await snapshotOf(TLS, { files: files(RIGHT + AUTHORITY, KEY) });
  assert.deepEqual(tls, {
    certFile: "/etc/proxy/c.pem",
    keyFile: "/etc/proxy/k.pem",
    cert: RIGHT + AUTHORITY,
    key: KEY,
  });
});

const BROKEN = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const ENCRYPTED = KEY.replaceAll("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");

const BAD: Readonly<Record<string, readonly [cert: string, key: string, told: string]>> = {
  "no certificate in the file": [
    "text",
    KEY,
    "1:14: tls.cert: the file c.pem has no certificate in it (-----BEGIN CERTIFICATE-----)",
  ],
  "a broken certificate": [
    RIGHT + BROKEN,
    KEY,
    "1:14: tls.cert: the file c.pem has a certificate in it that cannot be read, number 2",
  ],
  "no key in the file": [
    RIGHT,
    RIGHT,
    "1:28: tls.key: the file k.pem has no private key in it (-----BEGIN PRIVATE KEY-----)",
  ],
  "a broken key": [
    RIGHT,
    BROKEN.replaceAll("CERTIFICATE", "PRIVATE KEY"),
    "1:28: tls.key: the file k.pem has a private key in it that cannot be read",
  ],
  "a key with a password": [
    RIGHT,
    ENCRYPTED,
    "1:28: tls.key: the file k.pem has a key with a password; write it without one (openssl pkey)",
  ],
  "another key than the certificate's": [
    RIGHT,
    OTHER_KEY,
    "1:28: tls.key: the private key in k.pem is not that of the certificate in c.pem",
  ],
};

for (const [what, [cert, key, told]] of Object.entries(BAD)) {
  Deno.test(`parseConfig() refuses ${what}`, async () => {
    assert.equal(await problemOf(TLS, { files: files(cert, key) }), told);
  });
}

Deno.test("parseConfig() names every PEM file that cannot be read, where it is written", async () => {
  assert.deepEqual(await problemsOf(`tls: { cert: "c.pem", key: "k.pem" }\n${CA}`), [
    "1:14: tls.cert: the file c.pem does not exist",
    "1:28: tls.key: the file k.pem does not exist",
    "3:19: backends[0].ca: the file roots/ca.pem does not exist",
  ]);
});

Deno.test("parseConfig() refuses roots that are none", async () => {
  assert.equal(
    await problemOf(CA, { files: { "/etc/proxy/roots/ca.pem": "text" } }),
    "2:19: backends[0].ca: the file roots/ca.pem has no certificate in it (-----BEGIN CERTIFICATE-----)",
  );
});

Deno.test("parseConfig() lists PEM files among those to watch, and tells their contents apart", async () => {
  const read = (text: string) => parse(CA, { files: { "/etc/proxy/roots/ca.pem": text } });
  const one = await read(AUTHORITY);
  assert.deepEqual(one.dependencies, ["/etc/proxy/roots/ca.pem"]);
  assert.notEqual((await read(AUTHORITY + RIGHT)).fingerprint, one.fingerprint);
  assert.equal((await read(AUTHORITY)).fingerprint, one.fingerprint);
});
