/** A caller's request as a backend gets it. */
import type { Route } from "../config/snapshot.ts";
import type { Dialect } from "../dialect/dialect.ts";
import {
  bare,
  type Carrier,
  type CredentialPlace,
  injectCredential,
  placeFor,
  placeIn,
} from "./credentials.ts";
import { encode } from "./encode.ts";
import { removeHeaders, setHeaders } from "./header_changes.ts";
import { headerValue, type RawHeaders, requestHeaders } from "./headers.ts";
import { swapSubprotocolKey, withoutSubprotocolKeys } from "./subprotocol_keys.ts";
import { joinTarget } from "./join_url.ts";
import type { ModelPlace } from "./model_place.ts";
import type { Received } from "./receive.ts";
import { inOnePiece, SHORT_TAIL_BYTES, type SplicedBody } from "./splice.ts";
import type { Upload } from "./upload.ts";
import { atOnce, inTurns, SLICE_BYTES } from "./turns.ts";
import { bodyNaming, bodyNamingInSteps, targetNaming, whyUnwritable } from "./write_model.ts";

export interface Outgoing {
  readonly method: string;
  readonly origin: string;
  /** Path and query at the backend. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Uint8Array | SplicedBody;
  /** Why it must not be sent, for a person; undefined where it may. */
  readonly refusal: string | undefined;
  /** What follows `body` as it comes in; undefined where nothing does. */
  readonly rest: OutgoingRest | undefined;
}

/** The rest of an upload. */
export interface OutgoingRest {
  readonly upload: Upload;
  /** The length of the whole body; undefined where the caller did not say. */
  readonly announcedBytes: number | undefined;
}

export interface OutgoingOptions {
  readonly route: Route;
  /** Where the route's model goes. */
  readonly places: readonly ModelPlace[];
  /** The key to inject; undefined passes the caller's own credential. */
  readonly key: string | undefined;
  readonly dialect: Dialect;
  /** Where the caller's own key for this proxy stood; undefined where it needed none. */
  readonly keyPlace: CredentialPlace | undefined;
}

/** The request for one route: its model, its URL, its credential; all else as it came. */
export async function outgoing(received: Received, options: OutgoingOptions): Promise<Outgoing> {
  const { backend, model } = options.route;
  const { places } = options;
  const headers = removeHeaders(requestHeaders(received.headers), backend.headers);
  const target = targetNaming(received.target, places, model);
  const sent = withCredential({ headers, target }, options);
  return {
    method: received.method,
    origin: backend.origin,
    target: joinTarget(backend.basePath, sent.target),
    headers: setHeaders(sent.headers, backend.headers),
    body: await bodyFor(received, places, model),
    refusal: whyUnwritable(places, model),
    rest: restOf(received),
  };
}

function restOf({ rest: upload, headers }: Received): OutgoingRest | undefined {
  if (upload === undefined) return undefined;
  const length = headerValue(headers, "content-length");
  return { upload, announcedBytes: length === undefined ? undefined : Number(length) };
}

/** The request with the backend's key, where it has one to inject; else with the caller's own credential. */
function withCredential(
  carrier: Carrier,
  { route: { backend }, key, dialect, keyPlace }: OutgoingOptions,
): Carrier {
  if (key === undefined) return carrier;
  // A key among the subprotocols is swapped there, and stands nowhere else.
  const isPlaced = backend.dialects === undefined;
  const swapped = isPlaced ? swapSubprotocolKey(carrier.headers, key) : undefined;
  if (swapped !== undefined) {
    return bare({ ...carrier, headers: swapped }, { from: carrier, except: key });
  }
  const headers = withoutSubprotocolKeys(carrier.headers);
  const place = placeFor(backend, { dialect, place: keyPlace ?? placeIn(carrier) });
  return injectCredential({ ...carrier, headers }, { key, place, from: carrier });
}

/**
 * What came under a coding goes on under it: as it came, unless the model in it is another. A large one
 * is put together in turns of the event loop.
 */
function bodyFor(
  { body, coded }: Received,
  places: readonly ModelPlace[],
  model: string,
): Outgoing["body"] | Promise<Outgoing["body"]> {
  const onItsWay = (named: Outgoing["body"]) => {
    if (coded === undefined) return named;
    return named === body ? coded.bytes : encode(inOnePiece(named), coded.coding);
  };
  if (body.length <= SHORT_TAIL_BYTES) return onItsWay(bodyNaming(body, places, model));
  const steps = bodyNamingInSteps(body, places, model);
  return body.length > SLICE_BYTES ? inTurns(steps).then(onItsWay) : onItsWay(atOnce(steps));
}
