/** Comparisons whose failure says, in one line, what a gateway changed. */
import { Buffer } from "node:buffer";
import type { RawReply } from "../caller.ts";
import { lineValue } from "../caller.ts";
import type { SeenRequest } from "../peer.ts";
import type { Arrived } from "./check.ts";

/** @throws {Error} `why`, unless the condition holds */
export function expect(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Error(why);
}

/** @throws {Error} with the first place in which the bytes differ */
export function expectBytes(actual: Uint8Array, expected: string | Uint8Array, what: string): void {
  const [got, wanted] = [Buffer.from(actual), Buffer.from(expected)];
  if (got.equals(wanted)) return;
  const at = [...wanted].findIndex((byte, index) => byte !== got[index]);
  const place = at < 0 ? wanted.length : at;
  const around = (bytes: Buffer) =>
    JSON.stringify(bytes.toString("utf8", Math.max(0, place - 10), place + 30));
  throw new Error(`${what}: at byte ${place} ${around(got)} instead of ${around(wanted)}`);
}

/** @throws {Error} unless the reply has that status */
export function expectStatus({ status, body }: RawReply, expected: number): void {
  if (status === expected) return;
  const said = Buffer.from(body).toString().slice(0, 120);
  throw new Error(`status ${status} instead of ${expected}${said === "" ? "" : `: ${said}`}`);
}

/** @throws {Error} unless the reply has that header */
export function expectHeader(reply: RawReply, name: string, expected: string): void {
  const value = lineValue(reply, name);
  expect(value === expected, `${name} is ${value ?? "missing"} instead of ${expected}`);
}

/**
 * The request that arrived first.
 *
 * @throws {Error} where none did
 */
export function firstOf(arrived: readonly Arrived[]): SeenRequest {
  const [first] = arrived;
  expect(first !== undefined, "no request reached a backend");
  return first.request;
}

/** @throws {Error} unless the body is what was sent, with another model and nothing else changed */
export function expectOnlyModelChanged(body: Uint8Array, sent: string, alias: string): void {
  const text = Buffer.from(body).toString();
  const model: unknown = (parsed(text) as { model?: unknown } | null)?.model;
  expect(typeof model === "string", `no model in the body: ${text.slice(0, 80)}`);
  const expected = sent.replace(JSON.stringify(alias), () => JSON.stringify(model));
  expectBytes(body, expected, "the body was changed");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
