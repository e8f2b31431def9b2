/** Where the vendors put the ids that only the backend that issued them understands. */
import { digestOf } from "./digest.ts";

/** Ids and seals of a conversation's own turns. */
export const ISSUED_KEYS: readonly string[] = [
  "signature", // Anthropic: of a thinking block
  "encrypted_content", // OpenAI Responses: of a reasoning item; Anthropic: of a search result
  "thoughtSignature", // Gemini: of a part
  "thought_signature", // the same, as it passes through OpenAI's format
];

/** Ids of stored objects that a model's answer names. */
export const ANSWERED_KEYS: readonly string[] = [
  "container", // Anthropic: the code execution's
  "container_id", // OpenAI: the code interpreter's
  "file_id", // what was written in either
];

/** What a path names by `/collection/{id}`, besides responses. */
const COLLECTIONS: ReadonlySet<string> = new Set([
  "assistants",
  "batches",
  "cachedContents",
  "containers",
  "conversations",
  "evals",
  "fileSearchStores",
  "files",
  "jobs",
  "operations",
  "runs",
  "skills",
  "threads",
  "uploads",
  "vector_stores",
  "videos",
]);

const LONGEST_STORED_ID = 256;

/**
 * The digest of what a backend issued within a conversation, in either alphabet of base64: Google's
 * Python client gives signatures back in the other one than it got.
 */
export function issuedDigest(id: string): string {
  return digestOf("issued", unpadded(id.replaceAll("-", "+").replaceAll("_", "/")));
}

/** No regular expression: `=+$` looks at each `=` once for every one before it. */
function unpadded(base64: string): string {
  let end = base64.length;
  while (base64[end - 1] === "=") end--;
  return base64.slice(0, end);
}

/** The digest of a stored object's id; of a resource name or a URL, its last segment counts. */
export function storedDigest(id: string): string {
  return digestOf("stored", id.slice(id.lastIndexOf("/") + 1));
}

/** Whether it is short enough for an object's id. */
export function isStoredId(id: string): boolean {
  return id.length <= LONGEST_STORED_ID;
}

/**
 * A collection's name as a segment, or one of Gemini's verbs for work that goes on after the reply, which
 * names an object to ask about it.
 */
const STORED = new RegExp(
  `(?:^|/)(?:${[...COLLECTIONS].join("|")})(?:/|$)|:(?:batch|asyncBatch|predictLongRunning)\\w*$`,
);

/** Whether the path leads to stored objects, so that what is made there has an id to remember. */
export function leadsToStored(path: string): boolean {
  return STORED.test(path);
}

/** The ids of stored objects in a path. Gemini's may end with a verb, as in `files/{id}:download`. */
export function storedInPath(path: string): string[] {
  const segments = path.split("/");
  return segments.filter((_, index) => COLLECTIONS.has(segments[index - 1] ?? ""))
    .map((segment) => segment.replace(/:[^:]*$/, ""))
    .filter((id) => id !== "" && isStoredId(id));
}

/** The id in `/responses/{id}`. */
export function responseInPath(path: string): string | undefined {
  const [, id] = /\/responses\/([^/]+)/.exec(path) ?? [];
  return id !== undefined && isStoredId(id) ? id : undefined;
}
