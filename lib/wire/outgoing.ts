/** A caller's request as a backend gets it. */
import type { Route } from "../config/snapshot.ts";
import type { Dialect, PathSpan } from "../dialect/dialect.ts";
import {
  type Carrier,
  type CredentialPlace,
  injectCredential,
  placeFor,
  placeIn,
} from "./credentials.ts";
import { removeHeaders, setHeaders } from "./header_changes.ts";
import { headerValue, type RawHeaders, requestHeaders } from "./headers.ts";
import { joinTarget } from "./join_url.ts";
import type { Received } from "./receive.ts";
import type { Span } from "./json_scan.ts";
import { splice } from "./splice.ts";
import type { Upload } from "./upload.ts";

export interface Outgoing {
  readonly method: string;
  readonly origin: string;
  /** Path and query at the backend. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Uint8Array;
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
  readonly modelSpans: readonly Span[];
  readonly pathSpan: PathSpan | undefined;
  /** The key to inject; undefined passes the caller's own credential. */
  readonly key: string | undefined;
  readonly dialect: Dialect;
  /** Where the caller's own key for this proxy stood; undefined where it needed none. */
  readonly keyPlace: CredentialPlace | undefined;
}

/** The request for one route: its model, its URL, its credential; all else as it came. */
export function outgoing(received: Received, options: OutgoingOptions): Outgoing {
  const { backend, model } = options.route;
  const headers = removeHeaders(requestHeaders(received.headers), backend.headers);
  const sent = withCredential({ headers, target: targetFor(received.target, options) }, options);
  return {
    method: received.method,
    origin: backend.origin,
    target: joinTarget(backend.basePath, sent.target),
    headers: setHeaders(sent.headers, backend.headers),
    body: splice(received.body, options.modelSpans, model),
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
  const place = placeFor(backend, { dialect, place: keyPlace ?? placeIn(carrier) });
  return injectCredential(carrier, { key, place });
}

/** The target with the model in its path replaced; a slash in the model's name stays one. */
function targetFor(target: string, { pathSpan, route }: OutgoingOptions): string {
  if (pathSpan === undefined) return target;
  const model = encodeURIComponent(route.model).replaceAll("%2F", "/");
  return target.slice(0, pathSpan.start) + model + target.slice(pathSpan.end);
}
