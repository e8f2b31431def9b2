/** The members of a JSON reply that tell of tokens. */
import { Buffer } from "node:buffer";
import { type JsonObject, objectOf, parseJson } from "../dialect/json_object.ts";
import { WantedKeys } from "./wanted_keys.ts";
import { membersOf, valueIn } from "./members.ts";

const NAMES = ["usage", "usageMetadata"];
const KEYS = new WantedKeys(NAMES);

/** Up to here it costs less to parse a reply whole than to look for its members. */
const PARSED_BYTES = 8 * 1024;

/** Them alone, as an object; undefined where there are none. */
export function usageMembers(body: Uint8Array): JsonObject | undefined {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.length);
  if (!bytes.includes('"usage')) return undefined;
  const values = body.length <= PARSED_BYTES ? parsed(bytes) : found(body);
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

/** No vendor's block comes near that. */
const LONGEST_USAGE_BYTES = 16 * 1024;

type Values = (readonly [name: string, value: unknown])[];

function parsed(bytes: Buffer): Values {
  const reply = objectOf(parseJson(bytes.toString()));
  return NAMES.filter((name) => name in reply).map((name) => [name, reply[name]]);
}

function found(body: Uint8Array): Values {
  const members = membersOf(body, KEYS);
  return NAMES.flatMap((name) => {
    const value = valueIn(body, members, name);
    return value === undefined || value.length > LONGEST_USAGE_BYTES
      ? []
      : [[name, parseJson(new TextDecoder().decode(value))]];
  });
}
