/** A caller's request beside what a backend received of it. */
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { fieldsDiffer, isOfHop, nominatedBy } from "./compare_fields.ts";
import {
  fieldHolds,
  holds,
  isCredentialField,
  isCredentialName,
  presented,
  withoutKeys,
  withoutParameters,
} from "./credentials.ts";
import { type Field, valuesOf } from "./http_head.ts";
import type { Message } from "./http_message.ts";
import { joinedTarget } from "./joined_target.ts";
import { renamings } from "./renamed.ts";
import type { BackendTerms } from "./terms.ts";
import { bytesDiffer, shown, textDiffers, type Unexpected } from "./unexpected.ts";

export interface RequestTerms {
  readonly backend: BackendTerms;
  readonly callerKeys: ReadonlySet<string>;
}

/** Every difference that the terms do not allow. */
export function compareRequests(sent: Message, got: Message, terms: RequestTerms): Unexpected[] {
  const [method = "", target = ""] = sent.startLine.split(" ");
  const [gotMethod = "", gotTarget = ""] = got.startLine.split(" ");
  const credentials = compareCredentials(got.fields, gotTarget, terms);
  const fields = fieldsDiffer(
    wantedFields(sent.fields, terms),
    wantedFields(got.fields, { ...terms, callerKeys: new Set() }, sent.fields),
  );
  const content = compareContent({ sent, got, target, gotTarget }, terms);
  const methods = textDiffers("method", method, gotMethod) ?? [];
  return [methods, content, credentials, fields, compareSet(got.fields, terms)].flat();
}

/** A handshake is each hop's own. https://www.rfc-editor.org/rfc/rfc6455#section-4.1 */
const HANDSHAKE = ["sec-websocket-extensions", "sec-websocket-key", "sec-websocket-version"];

/** The fields that must be the same on both sides. */
function wantedFields(
  fields: readonly Field[],
  { backend: { keys, set, remove }, callerKeys }: RequestTerms,
  sent = fields,
): Field[] {
  const changed = [...set.map(([name]) => name.toLowerCase()), ...remove];
  const hop = new Set([...nominatedBy(sent), ...changed]);
  if (valuesOf(sent, "upgrade").length > 0) HANDSHAKE.forEach((name) => hop.add(name));
  if (keys !== undefined || callerKeys.size > 0) hop.add("sec-websocket-protocol");
  const own = ownOf(sent, keys);
  return fields.filter((field) => {
    if (isOfHop(field[0], hop)) return false;
    if (keys !== undefined && isCredentialName(field[0])) return false;
    return ![...callerKeys, ...own].some((key) => fieldHolds(field, key));
  });
}

/** The credentials that a caller presents, where none of them goes on; but for what may be a word. */
function ownOf(fields: readonly Field[], keys: readonly string[] | undefined): readonly string[] {
  if (keys === undefined) return [];
  return fields.filter(([name]) => isCredentialName(name)).map(presented)
    .filter((credential) => credential.length >= 8 && !keys.includes(credential));
}

function compareSet(got: readonly Field[], { backend: { set } }: RequestTerms): Unexpected[] {
  return [...new Set(set.map(([name]) => name.toLowerCase()))].flatMap((name) => {
    const [expected, found] = [set, got].map((fields) => linesOf(fields, name));
    return textDiffers(`field ${name}, which is configured`, `${expected}`, `${found}`) ?? [];
  });
}

function linesOf(fields: readonly Field[], wanted: string): string[] {
  return fields.filter(([name]) => name.toLowerCase() === wanted).map(([name, value]) =>
    `${name}: ${value}`
  );
}

/** Where a key is injected it is the only credential. */
function compareCredentials(
  fields: readonly Field[],
  target: string,
  { backend: { keys } }: RequestTerms,
): Unexpected[] {
  if (keys === undefined) return [];
  const inQuery = withoutKeys(target, () => true).keys.map(decodeURIComponent);
  const found = [...fields.filter(isCredentialField).map(presented), ...inQuery];
  const inProtocol = valuesOf(fields, "sec-websocket-protocol").join();
  if (found.length === 1 && keys.includes(found[0] ?? "")) return [];
  if (found.length === 0 && keys.some((key) => inProtocol.includes(key))) return [];
  const expected = shown(`one of ${keys}`);
  return [{
    where: "credentials",
    at: 0,
    bytes: Math.max(1, found.join().length),
    expected,
    got: shown(`${found}`),
  }];
}

interface Contents {
  readonly sent: Message;
  readonly got: Message;
  readonly target: string;
  readonly gotTarget: string;
}

/**
 * The target and the body, in which nothing changes but the model's name: wherever one of them names
 * an alias, at least one has another name in its place.
 */
function compareContent(contents: Contents, terms: RequestTerms): Unexpected[] {
  const { sent, got, gotTarget } = contents;
  const { backend, callerKeys } = terms;
  const coding = valuesOf(sent.fields, "content-encoding").join().toLowerCase();
  const contentType = valuesOf(sent.fields, "content-type").join();
  const own = ownOf(sent.fields, backend.keys);
  const target = withoutParameters(originForm(contents.target), (parameter) => {
    const [name = ""] = parameter.split("=", 1);
    if (backend.keys !== undefined && isCredentialName(name)) return true;
    return [...callerKeys, ...own].some((key) => holds(parameter, key));
  });
  const there = backend.keys === undefined ? gotTarget : withoutKeys(gotTarget, () => true).target;
  const body = decoded(sent.body, coding);
  const pairs = renamings({ target, body }, { contentType, models: backend.models });
  if (pairs.length === 0) {
    const expected = `no request for an alias without a route to ${backend.name}`;
    return [{
      where: "target",
      at: 0,
      bytes: got.end - got.start,
      expected,
      got: shown(gotTarget),
    }];
  }
  const gotBody = got.body.equals(sent.body) ? body : decoded(got.body, coding);
  const results = pairs.map((pair) => [
    ...[textDiffers("target", joinedTarget(backend.basePath, pair.target), there) ?? []].flat(),
    ...bodyDiffers(pair.body, gotBody, contents),
  ]);
  return results.reduce((least, result) => bytesOf(result) < bytesOf(least) ? result : least);
}

function bodyDiffers(expected: Buffer, got: Buffer, messages: Contents): Unexpected[] {
  if (messages.got.whole && !messages.sent.whole) {
    const [expected, got] = ["a body that is cut as the caller's is", "a whole one"];
    return [{ where: "body", at: messages.sent.body.length, bytes: 1, expected, got }];
  }
  const wanted = messages.got.whole ? expected : expected.subarray(0, got.length);
  return [bytesDiffer("request body", wanted, got) ?? []].flat();
}

export function bytesOf(differences: readonly Unexpected[]): number {
  return differences.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The path and query of an absolute-form target. https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2 */
function originForm(target: string): string {
  const [, rest = target] = /^[a-z][a-z\d+.-]*:\/\/[^/?]*(.*)$/is.exec(target) ?? [];
  return rest.startsWith("/") || rest === "*" ? rest : `/${rest}`;
}

/** https://www.rfc-editor.org/rfc/rfc1950#section-2.2 */
function isZlib([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && (first << 8 | second) % 31 === 0;
}

/** What is not in that coding stays as it is, to be compared as it is. */
function decoded(body: Buffer, coding: string): Buffer {
  try {
    if (coding === "gzip" || coding === "x-gzip") return zlib.gunzipSync(body);
    // Both kinds go by that name; the first byte of the one that is meant ends in an 8.
    if (coding === "deflate") {
      return isZlib(body) ? zlib.inflateSync(body) : zlib.inflateRawSync(body);
    }
    if (coding === "br") return zlib.brotliDecompressSync(body);
    if (coding === "zstd") return zlib.zstdDecompressSync(body);
  } catch {
    return body;
  }
  return body;
}
