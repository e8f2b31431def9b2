import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Parsed } from "./parsed.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of a PEM file, at least one, each readable. Reasons never quote it. */
export function parseCertificates(text: string): Parsed<readonly string[]> {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) return refused("has no certificate in it (-----BEGIN CERTIFICATE-----)");
  const broken = blocks.findIndex((block) => keyOf(block) === undefined);
  if (broken >= 0) {
    return refused(`has a certificate in it that cannot be read, number ${broken + 1}`);
  }
  return { ok: true, value: blocks };
}

/** A private key of a PEM file, without a password. Reasons never quote it. */
export function parsePrivateKey(text: string): Parsed<string> {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return refused("has no private key in it (-----BEGIN PRIVATE KEY-----)");
  }
  if (/-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return refused("has a key with a password; write it without one (openssl pkey)");
  }
  return publicHalf(text) === undefined
    ? refused("has a private key in it that cannot be read")
    : { ok: true, value: text };
}

/** Whether a private key belongs to a certificate; both were parsed before. */
export function isKeyOf(key: string, certificate: string): boolean {
  return publicHalf(key) === keyOf(certificate);
}

function refused(reason: string): Parsed<never> {
  return { ok: false, reason };
}

function keyOf(certificate: string): string | undefined {
  return attempt(() => new X509Certificate(certificate).publicKey);
}

function publicHalf(key: string): string | undefined {
  return attempt(() => createPublicKey(createPrivateKey(key)));
}

function attempt(read: () => KeyObject): string | undefined {
  try {
    return read().export({ type: "spki", format: "der" }).toString("base64");
  } catch {
    return undefined;
  }
}
