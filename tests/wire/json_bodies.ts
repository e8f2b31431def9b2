/** Bodies as a test writes them, and what the scanner finds in them. */

import assert from "node:assert/strict";
import { type JsonScan, scanTopLevel } from "../../lib/wire/json_scan.ts";
import { type Span, stringAt } from "../../lib/wire/json_string.ts";
import { WantedKeys } from "../../lib/wire/wanted_keys.ts";
import { bodyNaming } from "../../lib/wire/write_model.ts";

export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

export function concat(...parts: readonly (string | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    parts.flatMap((part) => [...typeof part === "string" ? bytes(part) : part]),
  );
}

export function scan(text: string, ...wanted: readonly string[]): JsonScan {
  return scanTopLevel(bytes(text), new WantedKeys(wanted));
}

export function models(body: Uint8Array): readonly Span[] {
  const found = scanTopLevel(body, new WantedKeys(["model"]));
  assert.equal(found.kind, "object");
  return found.kind === "object" ? found.members.get("model") ?? [] : [];
}

/** The models' values as they are written. */
export function written(text: string): readonly string[] {
  const body = bytes(text);
  return models(body).map(({ start, end }) => new TextDecoder().decode(body.subarray(start, end)));
}

/** The name that decides, as the identify stage reads it. */
export function decoded(body: Uint8Array): string | undefined {
  const last = models(body).at(-1);
  return last === undefined ? undefined : stringAt(body, last);
}

/** The body with another model at each span, as outgoing() writes it. */
export function renamedAt(body: Uint8Array, spans: readonly Span[], model: string): Uint8Array {
  const places = spans.map((span) => ({ kind: "json", span, name: "", prefix: "" }) as const);
  return bodyNaming(body, places, model);
}
