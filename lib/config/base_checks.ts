/** What a backend's `url` says that is most likely a mistake. */
import { type Fault, faultAt, type Place } from "./place.ts";
import type { SeenBackend } from "./seen_backends.ts";

/** Where calls go, not where a base ends: the caller's own path would come after it. */
const ENDPOINT =
  /\/(?:chat\/completions|completions|responses|messages|embeddings|[^/]*:(?:stream)?generateContent)\/?$/i;

/** A base that ends with an endpoint, such as `…/v1/chat/completions`. */
export function endpointAsBase({ value: { url }, path }: SeenBackend, root: Place): Fault[] {
  if (typeof url !== "string") return [];
  const [ending] = ENDPOINT.exec(url) ?? [];
  if (ending === undefined) return [];
  const message =
    `ends with the endpoint ${ending}; it must end before it, since the path of each ` +
    "call comes after it";
  return [faultAt([...path, "url"], { root, message })];
}
