/** A caller's request as a backend gets it. */
import type { Route } from "../config/snapshot.ts";
import type { Dialect } from "../dialect/dialect.ts";
import { encode } from "./encode.ts";
import { injectCredential, type RawHeaders, requestHeaders, withoutQueryKey } from "./headers.ts";
import { joinTarget } from "./join_url.ts";
import type { ModelPlace } from "./model_place.ts";
import type { Received } from "./receive.ts";
import { bodyNaming, targetNaming, whyUnwritable } from "./write_model.ts";

export interface Outgoing {
  readonly method: string;
  readonly origin: string;
  /** Path and query at the backend. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Uint8Array;
  /** Why it must not be sent, for a person; undefined where it may. */
  readonly refusal: string | undefined;
}

export interface OutgoingOptions {
  readonly route: Route;
  /** Where the route's model goes. */
  readonly places: readonly ModelPlace[];
  /** The key to inject; undefined passes the caller's own credential. */
  readonly key: string | undefined;
  readonly dialect: Dialect;
}

/** The request for one route: its model, its URL, its credential; all else as it came. */
export function outgoing(received: Received, options: OutgoingOptions): Outgoing {
  const { backend, model } = options.route;
  const headers = requestHeaders(received.headers);
  const { key, places } = options;
  const target = targetNaming(received.target, places, model);
  return {
    method: received.method,
    origin: backend.origin,
    target: joinTarget(backend.basePath, key === undefined ? target : withoutQueryKey(target)),
    headers: key === undefined
      ? headers
      : injectCredential(headers, key, options.dialect.credentialHeader),
    body: bodyFor(received, places, model),
    refusal: whyUnwritable(places, model),
  };
}

/** What came under a coding goes on under it: as it came, unless the model in it is another. */
function bodyFor(
  { body, coded }: Received,
  places: readonly ModelPlace[],
  model: string,
): Uint8Array {
  const named = bodyNaming(body, places, model);
  if (coded === undefined) return named;
  return named === body ? coded.bytes : encode(named, coded.coding);
}
