/** Base URLs that end with an endpoint, to which the path of each request would be added. */
import { type BaseUrl, parseBaseUrl } from "./base_url.ts";
import { type Fault, faultAt, type Place } from "./place.ts";
import type { SeenBackend } from "./seen_backends.ts";

/** What vendors' documentation shows behind the base path. */
const ENDPOINT = new RegExp(
  "/(?:chat/completions|completions|responses|messages(?:/count_tokens)?|embeddings|rerank|moderations" +
    "|audio/(?:speech|transcriptions|translations)|images/(?:generations|edits|variations)|realtime" +
    "|models(?:/[^/]*:[a-z]+)?)$",
  "i",
);

/** The endpoint that a base URL ends with; undefined where it is one. */
export function endpointOf({ basePath }: Pick<BaseUrl, "basePath">): string | undefined {
  return ENDPOINT.exec(basePath)?.[0];
}

/** A warning where a backend's `url` is that of one call; `url` as written is not quoted. */
export function checkEndpoints({ value, path }: SeenBackend, root: Place): readonly Fault[] {
  if (typeof value.url !== "string") return [];
  const parsed = parseBaseUrl(value.url);
  const endpoint = parsed.ok ? endpointOf(parsed.value) : undefined;
  if (endpoint === undefined) return [];
  const message = `ends with the endpoint ${endpoint}, and a request's path is added to it; ` +
    `write it without ${endpoint}`;
  return [faultAt([...path, "url"], { root, message })];
}
