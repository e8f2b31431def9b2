/** The ids that a passing reply issues: whoever names one later belongs to its backend. */
import { Buffer } from "node:buffer";
import type { StreamEvent } from "../dialect/event_format.ts";
import {
  ANSWERED_KEYS,
  isStoredId,
  ISSUED_KEYS,
  issuedDigest,
  leadsToStored,
  storedDigest,
} from "./id_places.ts";
import { idsUnder, latin1Of, patternOf } from "./ids_under.ts";
import { WantedKeys } from "./wanted_keys.ts";
import { idsIn, membersOf, stringIn, valueIn } from "./members.ts";

/** Digests, equal to those of `belongingOf()` for a request that names the same. */
export interface IssuedIds {
  readonly issued: readonly string[];
  readonly stored: readonly string[];
}

const NOTHING: IssuedIds = { issued: [], stored: [] };

/** Few events issue anything; the others cost no more than this. */
const MAY_ISSUE = new RegExp(
  `"(?:${
    [...ISSUED_KEYS, ...ANSWERED_KEYS].join("|")
  }|response\\.(?:created|completed|incomplete))"`,
);

/** The same for a whole reply. */
const MAY_CARRY = new RegExp(
  `"(?:(?:${[...ISSUED_KEYS, ...ANSWERED_KEYS].join("|")}|response)"|resp_)`,
);

/** What an event of a stream issues. One that was truncated issues nothing. */
export function idsInEvent({ data, truncated }: StreamEvent): IssuedIds {
  if (truncated || !MAY_ISSUE.test(data)) return NOTHING;
  const body = Buffer.from(data);
  return digests(idsInResponseEvent(body), body);
}

/** A successful JSON reply and the request it answers. */
export interface AnsweredRequest {
  readonly method: string;
  readonly path: string;
}

/**
 * What a JSON reply issues. Where objects are stored, that is the id of the one made; elsewhere what
 * the answer of a model carries.
 *
 * @param body of a reply that says success: an error makes nothing
 */
export function idsInReply(body: Uint8Array, { method, path }: AnsweredRequest): IssuedIds {
  if (!leadsToStored(path)) {
    return MAY_CARRY.test(latin1Of(body)) ? digests(idsOfResponse(body), body) : NOTHING;
  }
  const stored = madeIds(body, method).filter(isStoredId).map(storedDigest);
  return { issued: [], stored: [...new Set(stored)] };
}

function digests(responses: readonly string[], body: Uint8Array): IssuedIds {
  const found = idsUnder(body, CARRIED);
  const under = (keys: readonly string[]) =>
    found.filter(({ key }) => keys.includes(key)).map(({ id }) => id);
  const issued = [...responses, ...under(ISSUED_KEYS)].map(issuedDigest);
  const stored = under(ANSWERED_KEYS).filter(isStoredId).map(storedDigest);
  return { issued: [...new Set(issued)], stored: [...new Set(stored)] };
}

/** What an answer of a model carries. */
const CARRIED = patternOf([...ISSUED_KEYS, ...ANSWERED_KEYS]);

const RESPONSE = new WantedKeys(["response"]);
const ID_AND_OBJECT = new WantedKeys(["id", "object"]);

/** The id in an event about a response: `{"type":"response.created","response":{"id":…}}`. */
function idsInResponseEvent(body: Uint8Array): string[] {
  const response = valueIn(body, membersOf(body, RESPONSE), "response");
  return response === undefined ? [] : idsOfResponse(response);
}

/** The id of a Responses object. Other answers' ids are never named again. */
function idsOfResponse(body: Uint8Array): string[] {
  const members = membersOf(body, ID_AND_OBJECT);
  const id = stringIn(body, members, "id");
  if (id === undefined || !isStoredId(id)) return [];
  return id.startsWith("resp_") || stringIn(body, members, "object") === "response" ? [id] : [];
}

/** Members of a stored object that name others which the same backend made. */
const MADE_WITH_IT = ["output_file_id", "error_file_id", "thread_id"];

const MADE = new WantedKeys([...MADE_WITH_IT, "id", "name", "file"]);
const NAME = new WantedKeys(["name"]);

/** Of a reply to POST also the object's own id, or its name in Gemini's formats. */
function madeIds(body: Uint8Array, method: string): string[] {
  const members = membersOf(body, MADE);
  const others = MADE_WITH_IT.flatMap((key) => idsIn(body, members, key));
  if (method !== "POST") return others;
  const ids = idsIn(body, members, "id");
  const file = valueIn(body, members, "file");
  const names = file === undefined
    ? idsIn(body, members, "name")
    : idsIn(file, membersOf(file, NAME), "name");
  // An OpenAI object may have a name that its maker's caller gave it.
  return [...(ids.length > 0 ? ids : names), ...others];
}
