/** A caller's request as a backend gets it. */
import type { Route } from "../config/snapshot.ts";
import type { Dialect, PathSpan } from "../dialect/dialect.ts";
import {
  injectCredential,
  type RawHeaders,
  requestHeaders,
  withoutCredentials,
  withoutQueryKey,
} from "./headers.ts";
import { swapSubprotocolKey, withoutSubprotocolKeys } from "./subprotocol_keys.ts";
import { joinTarget } from "./join_url.ts";
import type { Received } from "./receive.ts";
import type { Span } from "./json_scan.ts";
import { splice } from "./splice.ts";

export interface Outgoing {
  readonly method: string;
  readonly origin: string;
  /** Path and query at the backend. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Uint8Array;
}

export interface OutgoingOptions {
  readonly route: Route;
  readonly modelSpans: readonly Span[];
  readonly pathSpan: PathSpan | undefined;
  /** The key to inject; undefined passes the caller's own credential. */
  readonly key: string | undefined;
  readonly dialect: Dialect;
}

/** The request for one route: its model, its URL, its credential; all else as it came. */
export function outgoing(received: Received, options: OutgoingOptions): Outgoing {
  const { backend, model } = options.route;
  const headers = requestHeaders(received.headers);
  const { key } = options;
  const target = targetFor(received.target, options);
  return {
    method: received.method,
    origin: backend.origin,
    target: joinTarget(backend.basePath, key === undefined ? target : withoutQueryKey(target)),
    headers: key === undefined ? headers : withKey(headers, key, options.dialect),
    body: splice(received.body, options.modelSpans, model),
  };
}

/** A key among the subprotocols is swapped there, and stands nowhere else. */
function withKey(headers: RawHeaders, key: string, { credentialHeader }: Dialect): RawHeaders {
  const swapped = swapSubprotocolKey(headers, key);
  return swapped === undefined
    ? injectCredential(withoutSubprotocolKeys(headers), key, credentialHeader)
    : withoutCredentials(swapped);
}

/** The target with the model in it replaced; a slash in the model's name stays one. */
function targetFor(target: string, { pathSpan, route }: OutgoingOptions): string {
  if (pathSpan === undefined) return target;
  const model = encodeURIComponent(route.model).replaceAll("%2F", "/");
  return target.slice(0, pathSpan.start) + model + target.slice(pathSpan.end);
}
