/** A body held against the models that its caller may use, under whatever it may be read as. */
import { isUtf8 } from "node:buffer";
import { dialectOf } from "../dialect/dialect.ts";
import { OPEN_BRACKET, QUOTE, skipSpace } from "./json_token.ts";
import { otherInMultipart, otherInUrlencoded } from "./other_in_form.ts";
import { otherInJson } from "./other_in_json.ts";
import { type Allows, type ModelFinding, unclear } from "./model_finding.ts";
import type { Received } from "./receive.ts";

/** The first other model in the body, or why it is unclear; undefined where there is neither. */
export function otherInBody(received: Received, allows: Allows): ModelFinding | undefined {
  const { body, headers, path, rest, fields } = received;
  if (rest !== undefined) return unclear("its body is too large to be read");
  if (body.length === 0) return undefined;
  const types = headers.filter(([name]) => name.toLowerCase() === "content-type");
  if (types.length > 1) return unclear("it has more than one Content-Type. Send one");
  const type = contentTypeOf(types[0]?.[1] ?? "");
  if (type === undefined) return unclear(`its Content-Type is none that is read here. ${TYPES}`);
  if (type.kind === "multipart") return otherInMultipart(body, type.boundary, allows);
  if (!isUtf8(body)) return unclear("its body is not UTF-8 throughout");
  const { modelPrefix } = dialectOf(path, headers);
  const json = fields.kind === "object" ? otherInJson(body, { allows, modelPrefix }) : undefined;
  if (fields.kind !== "object" && (type.kind !== "form" || startsJson(body))) {
    return unclear("its body is no JSON object");
  }
  // Some clients call JSON a form without being asked, and some call it nothing: either may be read.
  return type.kind === "json" ? json : json ?? otherInUrlencoded(body, allows);
}

/** Whether it begins as JSON other than an object does, which some read whatever it is called. */
function startsJson(body: Uint8Array): boolean {
  const first = body[skipSpace(body, 0)];
  return first === OPEN_BRACKET || first === QUOTE;
}

const TYPES = "Send application/json, multipart/form-data or application/x-www-form-urlencoded, " +
  "in UTF-8";

type ContentType =
  | { readonly kind: "json" | "form" | "unnamed" }
  | { readonly kind: "multipart"; readonly boundary: string };

/** https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1, and nothing else. */
const CONTENT_TYPE =
  /^([\w.+-]+\/[\w.+-]+)((?:[ \t]*;[ \t]*[\w*.-]+=(?:[^\s;,"'\\]+|"[^"\\]*"))*)[ \t]*;?$/;
const PARAMETER = /;[ \t]*([\w*.-]+)=(?:"([^"]*)"|([^\s;]*))/g;

/** Undefined where it is another, or is not clear. */
function contentTypeOf(written: string): ContentType | undefined {
  if (written.trim() === "") return { kind: "unnamed" };
  const [, type = "", rest = ""] = CONTENT_TYPE.exec(written.trim()) ?? [];
  const parameters = [...rest.matchAll(PARAMETER)]
    .map(([, name = "", quoted, token = ""]) => [name.toLowerCase(), quoted ?? token] as const);
  const values = (name: string) => parameters.filter(([key]) => key === name).map(([, v]) => v);
  if (parameters.some(([name]) => name.includes("*"))) return undefined;
  if (values("charset").some((charset) => !CHARSET.test(charset))) return undefined;
  const lower = type.toLowerCase();
  if (/^application\/(?:[\w.+-]+\+)?json$/.test(lower)) return { kind: "json" };
  if (lower === "application/x-www-form-urlencoded") return { kind: "form" };
  if (lower === "text/plain") return { kind: "unnamed" }; // as browsers call what nobody named
  if (lower !== "multipart/form-data") return undefined;
  const [boundary = "", ...others] = values("boundary");
  return others.length === 0 && BOUNDARY.test(boundary)
    ? { kind: "multipart", boundary }
    : undefined;
}

/** In any of these a name that a server looks for is spelt with the same bytes. */
const CHARSET = /^(?:utf-?8|us-ascii)$/i;

/** RFC 2046, section 5.1.1, less what not all readers take alike: quotes, commas, spaces. */
const BOUNDARY = /^[\w()+./:=?-]{1,70}$/;
