/** A backend's reply beside what the caller received. */
import type { Buffer } from "node:buffer";
import { fieldsDiffer, isOfHop, nominatedBy } from "./compare_fields.ts";
import { type Field, valuesOf } from "./http_head.ts";
import { type Message, statusOf } from "./http_message.ts";
import { bytesDiffer, textDiffers, type Unexpected } from "./unexpected.ts";

export interface ReplyTerms {
  /** The request's. */
  readonly method: string;
  readonly tellsOfCuts: boolean;
}

/** Every difference that is not documented. */
export function compareReplies(sent: Message, got: Message, terms: ReplyTerms): Unexpected[] {
  return [
    ...[textDiffers("status", `${statusOf(sent)}`, `${statusOf(got)}`) ?? []].flat(),
    ...fieldsDiffer(...wantedFields(sent, got)),
    ...compareLengths(sent, got, terms),
    ...compareBodies(sent, got, terms),
  ];
}

function wantedFields(sent: Message, got: Message): [Field[], Field[]] {
  const hop = new Set(nominatedBy(sent.fields));
  if (statusOf(sent) === 101) hop.add("sec-websocket-accept").add("sec-websocket-extensions");
  const isDated = valuesOf(sent.fields, "date").length > 0;
  if (!isDated && valuesOf(got.fields, "date").length === 1) hop.add("date");
  const [wanted, found] = [sent, got].map(({ fields }) =>
    fields.filter(([name]) => !isOfHop(name, hop))
  );
  return [wanted ?? [], found ?? []];
}

/** Where there is no body, a length speaks of what it would be. */
function compareLengths(sent: Message, got: Message, { method }: ReplyTerms): Unexpected[] {
  if (method !== "HEAD" && statusOf(sent) !== 304) return [];
  const [expected, found] = [sent, got].map(({ fields }) => valuesOf(fields, "content-length"));
  return [textDiffers("content-length", `${expected}`, `${found}`) ?? []].flat();
}

function compareBodies(sent: Message, got: Message, { tellsOfCuts }: ReplyTerms): Unexpected[] {
  if (!got.whole) {
    const passed = tellsOfCuts ? withoutErrorEvent(got.body, sent.body.length) : got.body;
    return [bytesDiffer("reply body", sent.body.subarray(0, passed.length), passed) ?? []].flat();
  }
  const different = bytesDiffer("reply body", sent.body, got.body);
  if (different !== undefined || sent.whole) return [different ?? []].flat();
  const [expected, found] = ["a body that is cut as the backend's is", "a whole one"];
  return [{ where: "reply body", at: sent.body.length, bytes: 1, expected, got: found }];
}

const ERROR_EVENT = /(?:\n\n)?(?:event: error\n)?data: [^\n]*"error"[^\n]*\n\r?\n$/;

/** Nothing but one event of ours may stand after the backend's bytes. */
function withoutErrorEvent(body: Buffer, sentBytes: number): Buffer {
  const text = body.toString("latin1");
  const at = text.search(ERROR_EVENT);
  return at < 0 || at > sentBytes ? body : body.subarray(0, at);
}
