/** Whether a request holds a name elsewhere than where its model stands. */
import { Buffer } from "node:buffer";
import { isJsonObject, parseJson } from "../dialect/json_object.ts";
import { percentDecoded } from "./key_spellings.ts";
import type { Received } from "./receive.ts";
import type { Span } from "./json_string.ts";

/** What is larger is not taken apart: it may hold any name. */
const READ_BYTES = 1024 * 1024;

/**
 * Whether a caller sends this name, as a whole value or key of JSON, anywhere in a form, in the target
 * or as a header, besides the places where the model is written. When in doubt it does. Asked only after
 * an error that would cool a route.
 */
export function sendsElsewhere(received: Received, name: string): boolean {
  const { headers, fields, body, rest, models } = received;
  const wanted = name.trim().toLowerCase();
  if (headers.some(([, value]) => value.trim().toLowerCase() === wanted)) return true;
  if (targetWithoutModel(received).toLowerCase().includes(wanted)) return true;
  if (rest !== undefined || body.length > READ_BYTES) return true;
  if (fields.kind === "object") return holdsName(parseJson(new TextDecoder().decode(body)), wanted);
  const spans = models.filter(({ kind }) => kind === "form" || kind === "multipart");
  const others = without(Buffer.from(body).toString("latin1"), spans.map(({ span }) => span));
  return percentDecoded(others).toLowerCase().includes(wanted);
}

function targetWithoutModel({ target, models }: Received): string {
  const places = models.filter(({ kind }) => kind === "path" || kind === "query");
  return percentDecoded(without(target, places.map(({ span }) => span)));
}

function without(text: string, spans: readonly Span[]): string {
  let rest = "";
  let from = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    rest += `${text.slice(from, start)} `;
    from = end;
  }
  return rest + text.slice(from);
}

/** Whether a value of the body is the name, its own `model` apart; so deep as it may nest. */
function holdsName(body: unknown, wanted: string): boolean {
  if (!isJsonObject(body)) return true;
  const { model: _, ...others } = body;
  const left: unknown[] = [others];
  while (left.length > 0) {
    const value = left.pop();
    if (isName(value, wanted)) return true;
    if (typeof value !== "object" || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (isName(key, wanted)) return true;
      left.push(inner);
    }
  }
  return false;
}

function isName(value: unknown, wanted: string): boolean {
  if (typeof value !== "string" || value.length > wanted.length + 200) return false;
  const name = value.trim().toLowerCase();
  return name === wanted || name.endsWith(`/${wanted}`);
}
