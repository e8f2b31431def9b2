/** What a JSON reply says before it is passed on. */
import { parseJson } from "../dialect/json_object.ts";
import { type AnswerShape, replyKindOf } from "../dialect/results.ts";
import type { BodyEnd } from "./held_body.ts";
import { type Inspection, PASSED } from "./inspection.ts";
import { scanTopLevel } from "./json_scan.ts";
import { WantedKeys } from "./wanted_keys.ts";

/** Rows 15 to 17 of the table, on a body that has ended. */
export function inspectJson(body: Uint8Array, end: BodyEnd, shape: AnswerShape): Inspection {
  if (end.kind === "cut") return { kind: "cut_short", detail: end.detail };
  const reply = parseJson(utf8.decode(body));
  if (reply === undefined) return inspectUnreadable(body);
  switch (replyKindOf(reply, shape)) {
    case "result":
      return PASSED;
    case "error":
      return { kind: "error_body" };
    case "nothing":
      return { kind: "wrong_kind", what: "JSON without a result" };
  }
}

/** What only a strict reader refuses, a stray control character say, is left to the caller's. */
function inspectUnreadable(body: Uint8Array): Inspection {
  const scan = scanTopLevel(body, NO_KEYS);
  if (scan.kind !== "malformed") return PASSED;
  return { kind: "wrong_kind", what: `no JSON from byte ${scan.offset} of ${body.length} on` };
}

const NO_KEYS = new WantedKeys([]);
const utf8 = new TextDecoder();
