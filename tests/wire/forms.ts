/** Forms as a test writes them: text of one character a byte, and what the scanner finds in them. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type FormField, formInSteps, type FormScan } from "../../lib/wire/multipart.ts";
import { atOnce } from "../../lib/wire/turns.ts";

export const BOUNDARY = "----form-7MA4YWxk";

/** The head of a field's part, with the blank line. */
export function head(name: string, ...lines: readonly string[]): string {
  return [`Content-Disposition: form-data; name="${name}"`, ...lines, "", ""].join("\r\n");
}

/** A file's part. */
export function file(name: string, content: string): string {
  const disposition = `Content-Disposition: form-data; name="${name}"; filename="a.wav"`;
  return `${disposition}\r\nContent-Type: audio/wav\r\n\r\n${content}`;
}

/** A form of these parts, each a head and a content. */
export function form(...parts: readonly string[]): string {
  return parts.map((part) => `--${BOUNDARY}\r\n${part}\r\n`).join("") + `--${BOUNDARY}--\r\n`;
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** What the scanner says of a form. */
export function formScan(text: string, boundary = BOUNDARY, wanted = ["model"]): FormScan {
  return atOnce(formInSteps(bytesOf(text), boundary, wanted));
}

/** The fields of these names. */
export function fieldsIn(text: string, wanted = ["model"], boundary = BOUNDARY): FormField[] {
  const scan = formScan(text, boundary, wanted);
  return scan.kind === "form" ? [...scan.fields] : assert.fail(scan.detail);
}

/** What the models of a form say. */
export function modelsIn(text: string, boundary = BOUNDARY): string[] {
  return fieldsIn(text, ["model"], boundary)
    .map(({ value }) => text.slice(value.start, value.end));
}

/** Why a form is refused. */
export function faultIn(text: string): string {
  const scan = formScan(text);
  return scan.kind === "malformed" ? scan.detail : assert.fail("it was read");
}
